using System.Linq.Expressions;
using System.Reflection;
using System.Text.Json;
using EventPipeline.GraphQL.Execution;
using EventPipeline.GraphQL.Nodes;

namespace EventPipeline.GraphQL.Annotations;

/// <summary>Makes of coerced values what C# parameters want: records of dictionaries, typed arrays of arrays. Compiled once for each type.</summary>
internal sealed class InputReaders(AnnotationOptions options)
{
    private static readonly HashSet<Type> Plain =
    [
        typeof(string),
        typeof(bool),
        typeof(int),
        typeof(long),
        typeof(double),
        typeof(Guid),
        typeof(Uri),
        typeof(DateTimeOffset),
        typeof(TimeSpan),
        typeof(JsonElement),
    ];

    private readonly Dictionary<(Type, IDAttribute?), IReader> readers = [];

    /// <summary>An expression of a type for an expression that is an object.</summary>
    /// <param name="id">If it is an ID, whose text says the value.</param>
    public Expression Read(Expression value, Type type, IDAttribute? id = null)
    {
        var inner = Nullable.GetUnderlyingType(type) ?? type;
        if ((type == typeof(string) && id?.Node is null) || (id is null && IsPlain(inner)))
            return Expression.Convert(value, type);
        if (!readers.TryGetValue((type, id), out var reader))
        {
            // Known before it is made, because inputs may contain each other.
            reader = (IReader)Activator.CreateInstance(typeof(Reader<>).MakeGenericType(type))!;
            readers[(type, id)] = reader;
            reader.Set(Compile(type, id));
        }
        return Expression.Invoke(Expression.Field(Expression.Constant(reader), nameof(Reader<>.Function)), value);
    }

    private bool IsPlain(Type type) => Plain.Contains(type) || type.IsEnum || options.Scalars.ContainsKey(type);

    /// <summary>The type of the items of a list that a parameter can be; null if it is none.</summary>
    public static Type? ItemOf(Type type)
    {
        if (type.IsArray)
            return type.GetElementType();
        if (!type.IsGenericType || !type.IsInterface)
            return null;
        var item = type.GetGenericArguments()[0];
        return type.GetGenericArguments().Length == 1 && type.IsAssignableFrom(item.MakeArrayType()) ? item : null;
    }

    /// <summary>The constructor whose parameters are the fields of an input.</summary>
    public static ConstructorInfo ConstructorOf(Type type)
    {
        if (type.IsAbstract || type.IsGenericTypeDefinition)
            throw new AnnotationException(type, "cannot be an input: it is abstract.");
        var constructors = type.GetConstructors();
        return constructors is [var only] && only.GetParameters().Length > 0
            ? only
            : throw new AnnotationException(
                type,
                "cannot be an input: it needs exactly one public constructor, whose parameters are the fields."
            );
    }

    private Delegate Compile(Type type, IDAttribute? id)
    {
        var value = Expression.Parameter(typeof(object));
        var body = Body(value, type, id);
        return Expression
            .Lambda(
                Expression.Condition(
                    Expression.ReferenceEqual(value, Expression.Constant(null)),
                    Expression.Default(type),
                    body.Type == type ? body : Expression.Convert(body, type)
                ),
                value
            )
            .Compile();
    }

    private Expression Body(Expression value, Type type, IDAttribute? id)
    {
        if (ItemOf(type) is { } item)
        {
            var source = Expression.Parameter(typeof(object));
            var reader = Expression.Lambda(Read(source, item, id), source).Compile();
            return Expression.Call(
                typeof(InputReaders),
                nameof(ReadList),
                [item],
                Expression.Convert(value, typeof(object?[])),
                Expression.Constant(reader)
            );
        }
        var inner = Nullable.GetUnderlyingType(type) ?? type;
        if (id is not null)
        {
            if (!inner.IsAssignableTo(typeof(IParsable<>).MakeGenericType(inner)))
                throw new AnnotationException(inner, "cannot be an ID: its texts cannot be parsed.");
            var text = Expression.Convert(value, typeof(string));
            return id.Node is { } node
                ? Expression.Call(
                    typeof(NodeId),
                    nameof(NodeId.ReadKey),
                    [inner],
                    text,
                    Expression.Constant(Naming.OfType(node))
                )
                : Expression.Call(typeof(NodeId), nameof(NodeId.ReadPlain), [inner], text);
        }
        if (inner.IsPrimitive || inner == typeof(decimal))
            return Expression.Call(
                typeof(InputReaders),
                nameof(ReadNumber),
                [inner],
                Expression.Convert(value, typeof(IConvertible))
            );
        if (inner == typeof(DateTime))
            return Expression.Property(
                Expression.Convert(value, typeof(DateTimeOffset)),
                nameof(DateTimeOffset.UtcDateTime)
            );
        var constructor = ConstructorOf(inner);
        var fields = Expression.Convert(value, typeof(Dictionary<string, object?>));
        return Expression.New(
            constructor,
            constructor
                .GetParameters()
                .Select(parameter =>
                    Read(
                        Expression.Call(
                            typeof(InputReaders),
                            nameof(FieldOf),
                            null,
                            fields,
                            Expression.Constant(Naming.OfParameter(parameter))
                        ),
                        parameter.ParameterType,
                        parameter.Id()
                    )
                )
        );
    }

    private static object? FieldOf(Dictionary<string, object?> fields, string name) => fields.GetValueOrDefault(name);

    private static T[] ReadList<T>(object?[] items, Func<object?, T> read)
    {
        var result = new T[items.Length];
        for (var index = 0; index < items.Length; index++)
            result[index] = read(items[index]);
        return result;
    }

    private static T ReadNumber<T>(IConvertible number)
    {
        try
        {
            return (T)number.ToType(typeof(T), null);
        }
        catch (OverflowException exception)
        {
            throw new GraphQLException($"{number} is out of range.", exception);
        }
    }

    private interface IReader
    {
        void Set(Delegate function);
    }

    private sealed class Reader<T> : IReader
    {
        public Func<object?, T>? Function;

        public void Set(Delegate function) => Function = (Func<object?, T>)function;
    }
}
