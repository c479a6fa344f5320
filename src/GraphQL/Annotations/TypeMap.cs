using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using EventPipeline.GraphQL.Types;

namespace EventPipeline.GraphQL.Annotations;

/// <summary>Types of the schema for types of C#; the same one whenever it is asked again.</summary>
internal sealed class TypeMap
{
    private static readonly Dictionary<Type, ScalarType> Scalars = new()
    {
        [typeof(string)] = BuiltInScalars.String,
        [typeof(char)] = BuiltInScalars.String,
        [typeof(bool)] = BuiltInScalars.Boolean,
        [typeof(sbyte)] = BuiltInScalars.Int,
        [typeof(byte)] = BuiltInScalars.Int,
        [typeof(short)] = BuiltInScalars.Int,
        [typeof(ushort)] = BuiltInScalars.Int,
        [typeof(int)] = BuiltInScalars.Int,
        [typeof(uint)] = CommonScalars.Long,
        [typeof(long)] = CommonScalars.Long,
        [typeof(ulong)] = CommonScalars.Long,
        [typeof(float)] = BuiltInScalars.Float,
        [typeof(double)] = BuiltInScalars.Float,
        [typeof(decimal)] = BuiltInScalars.Float,
        [typeof(Guid)] = CommonScalars.Uuid,
        [typeof(Uri)] = CommonScalars.Url,
        [typeof(DateTimeOffset)] = CommonScalars.DateTime,
        [typeof(DateTime)] = CommonScalars.DateTime,
        [typeof(TimeSpan)] = CommonScalars.Duration,
        [typeof(JsonElement)] = CommonScalars.Json,
        [typeof(JsonNode)] = CommonScalars.Json,
    };

    private readonly Dictionary<Type, NamedType> leaves = [];
    private readonly Dictionary<Type, NamedType> outputs = [];
    private readonly Dictionary<Type, NamedType> inputs = [];
    private readonly Dictionary<string, Type> names = new(StringComparer.Ordinal);
    private readonly AnnotationOptions options;
    private readonly NodeResolvers nodes;
    private readonly XmlComments comments;
    private readonly Members members;

    public TypeMap(AnnotationOptions options, ILookup<Type, Type> extensions, Loaders loaders, NodeResolvers nodes)
    {
        this.options = options;
        this.nodes = nodes;
        comments = new XmlComments();
        members = new Members(this, comments, new Resolvers(options, loaders, nodes), extensions);
    }

    /// <summary>The members of C# that types, fields and arguments of the schema were made of, by their coordinates.</summary>
    public Dictionary<string, string> Origins { get; } = new(StringComparer.Ordinal);

    /// <summary>A root of the schema: all methods of static classes.</summary>
    /// <param name="further">Fields that are not methods.</param>
    public ObjectType Root(string name, IReadOnlyList<Type> classes, bool isSubscription, IEnumerable<Field> further) =>
        new(name, () => members.OfRoot(name, classes, isSubscription, Origins).Concat(further));

    /// <summary>The fields that find any object by its id; none if there are no objects with ids.</summary>
    public IReadOnlyList<Field> NodeFields() => nodes.Types.Count == 0 ? [] : members.OfNodes();

    /// <summary>The type of a field whose value is of a type of C#.</summary>
    /// <param name="where">The method, property or parameter, for errors.</param>
    public GraphQLType Output(Type type, NullabilityInfo nullability, bool isId, MemberInfo where) =>
        Map(type, nullability, isId, inner => OutputOf(inner, where));

    /// <summary>The type of an argument, or of a field of an input.</summary>
    public GraphQLType Input(ParameterInfo parameter, NullabilityInfo nullability) =>
        Map(parameter.ParameterType, nullability, parameter.Id() is not null, inner => InputOf(inner, parameter));

    /// <summary>The types of objects, interfaces and unions that were found so far and are behind an interface or a union.</summary>
    public NamedType OutputOf(Type type, MemberInfo where)
    {
        if (LeafOf(type) is { } leaf)
            return leaf;
        if (outputs.TryGetValue(type, out var known))
            return known;
        if (
            type == typeof(object)
            || type.IsPrimitive
            || type.Namespace?.StartsWith("System", StringComparison.Ordinal) == true
        )
            throw new AnnotationException(where, $"gives {type.Name}, which is nothing that GraphQL knows.");
        var name = Claim(Naming.OfType(type), type);
        var description = comments.Of(type);
        return outputs[type] =
            type.IsDefined(typeof(UnionTypeAttribute), inherit: false)
                ? new UnionType(name, () => Behind(type), description)
            : type.IsDefined(typeof(InterfaceTypeAttribute), inherit: false)
                ? new InterfaceType(
                    name,
                    () => members.OfType(type, name, isInterface: true, Origins),
                    () => InterfacesOf(type),
                    description
                )
            : type.IsInterface
                ? throw new AnnotationException(
                    where,
                    $"gives {type.Name}, which is a C# interface: mark that with [InterfaceType] or [UnionType]."
                )
            : new ObjectType(
                name,
                () => members.OfType(type, name, isInterface: false, Origins),
                () => InterfacesOf(type),
                description
            )
            {
                BoundTo = type,
            };
    }

    /// <summary>The objects behind the interfaces that were found so far, which nothing else leads to.</summary>
    public IReadOnlyList<NamedType> BehindInterfaces() =>
        [
            .. outputs.Where(pair => pair.Value is InterfaceType).ToArray().SelectMany(pair => Behind(pair.Key)),
            .. nodes.Types.Select(type => OutputOf(type, type)),
        ];

    private NamedType InputOf(Type type, ParameterInfo where)
    {
        if (LeafOf(type) is { } leaf)
            return leaf;
        if (inputs.TryGetValue(type, out var known))
            return known;
        if (type.IsInterface || type.Namespace?.StartsWith("System", StringComparison.Ordinal) == true)
            throw new AnnotationException(
                where,
                $"is of {type.Name}, which is no input: mark it with [Service] if it is a service."
            );
        var constructor = InputReaders.ConstructorOf(type);
        var isOneOf = type.IsDefined(typeof(OneOfAttribute), inherit: false);
        var name = Claim(Naming.OfType(type, isInput: true), type);
        return inputs[type] = new InputObjectType(
            name,
            () => constructor.GetParameters().Select(parameter => members.Input(parameter, $"{name}.", Origins)),
            isOneOf,
            comments.Of(type)
        );
    }

    private NamedType? LeafOf(Type type)
    {
        if (Scalars.TryGetValue(type, out var scalar))
            return scalar;
        if (options.Scalars.TryGetValue(type, out var own))
            return own;
        if (!type.IsEnum)
            return null;
        return leaves.TryGetValue(type, out var known) ? known : leaves[type] = EnumOf(type);
    }

    private EnumType EnumOf(Type type) =>
        new(
            Claim(Naming.OfType(type), type),
            type.GetFields(BindingFlags.Public | BindingFlags.Static)
                .Where(field => !field.IsDefined(typeof(GraphQLIgnoreAttribute)))
                .Select(field => new EnumValue(
                    Naming.OfValue(field),
                    field.GetValue(null),
                    comments.Of(field),
                    field.GetCustomAttribute<GraphQLDeprecatedAttribute>()?.Reason
                )),
            comments.Of(type)
        );

    private static GraphQLType Map(Type type, NullabilityInfo nullability, bool isId, Func<Type, NamedType> named)
    {
        if (Nullable.GetUnderlyingType(type) is { } underlying)
            return isId ? BuiltInScalars.Id : named(underlying);
        GraphQLType mapped;
        if (ItemOf(type, nullability) is var (item, ofItem))
            mapped = Map(item, ofItem, isId, named).List;
        else
            mapped = isId ? BuiltInScalars.Id : named(type);
        return type.IsValueType || nullability.ReadState == NullabilityState.NotNull ? mapped.NonNull : mapped;
    }

    private static (Type Item, NullabilityInfo Nullability)? ItemOf(Type type, NullabilityInfo nullability)
    {
        if (type.IsArray)
            return (type.GetElementType()!, nullability.ElementType!);
        if (type == typeof(string) || !type.IsGenericType || type.GetGenericArguments().Length != 1)
            return null;
        var definition = type.GetGenericTypeDefinition();
        var isList =
            definition == typeof(IAsyncEnumerable<>)
            || definition == typeof(IEnumerable<>)
            || definition
                .GetInterfaces()
                .Any(one => one.IsGenericType && one.GetGenericTypeDefinition() == typeof(IEnumerable<>));
        return isList ? (type.GetGenericArguments()[0], nullability.GenericTypeArguments[0]) : null;
    }

    private IEnumerable<NamedType> InterfacesOf(Type type) =>
        type.GetInterfaces()
            .Concat(BasesOf(type))
            .Where(one => one.IsDefined(typeof(InterfaceTypeAttribute), inherit: false))
            .Select(one => OutputOf(one, one))
            .Concat(nodes.Has(type) ? [NodeResolvers.Interface] : []);

    private IEnumerable<NamedType> Behind(Type type) =>
        type
            .Assembly.GetTypes()
            .Where(one =>
                one is { IsAbstract: false, IsGenericTypeDefinition: false } && one.IsAssignableTo(type) && one != type
            )
            .Where(one => !one.IsDefined(typeof(GraphQLIgnoreAttribute), inherit: false))
            .Select(one => OutputOf(one, one));

    private static IEnumerable<Type> BasesOf(Type type)
    {
        for (var one = type.BaseType; one is not null; one = one.BaseType)
            yield return one;
    }

    private string Claim(string name, Type type)
    {
        if (!names.TryAdd(name, type))
            throw new AnnotationException(
                type,
                $"is named {name} in the schema, as {Naming.Describe(names[name])} is; give one of them another [GraphQLName]."
            );
        Origins[name] = Naming.Describe(type);
        return name;
    }
}
