using System.Reflection;
using EventPipeline.GraphQL.Paging;
using EventPipeline.GraphQL.Types;

namespace EventPipeline.GraphQL.Annotations;

/// <summary>Fields and arguments for properties, methods and parameters of C#.</summary>
internal sealed class Members(TypeMap types, XmlComments comments, Resolvers resolvers, ILookup<Type, Type> extensions)
{
    private const BindingFlags Static = BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly;
    private const BindingFlags Instance = BindingFlags.Public | BindingFlags.Instance;

    private readonly NullabilityInfoContext nullability = new();

    /// <summary>The fields of a root.</summary>
    public IEnumerable<Field> OfRoot(
        string root,
        IReadOnlyList<Type> classes,
        bool isSubscription,
        Dictionary<string, string> origins
    )
    {
        var fields = classes
            .SelectMany(MethodsOf)
            .Select(method => OfMethod(method, null, root, isSubscription, origins));
        return Distinct(fields, root, origins);
    }

    /// <summary>The fields that find any object by its id.</summary>
    public IReadOnlyList<Field> OfNodes() => resolvers.OfNodes();

    /// <summary>The fields of an object or an interface: its properties, and the methods that extend it.</summary>
    public IEnumerable<Field> OfType(Type type, string name, bool isInterface, Dictionary<string, string> origins)
    {
        var further = extensions[type].SelectMany(MethodsOf).ToArray();
        var taken = further.Select(Naming.OfField).ToHashSet(StringComparer.Ordinal);
        var properties = PropertiesOf(type)
            .Where(property => !taken.Contains(Naming.OfField(property)))
            .Select(property => OfProperty(property, name, isInterface, origins));
        var methods = further.Select(method => OfMethod(method, type, name, isSubscription: false, origins));
        return Distinct(properties.Concat(methods), name, origins);
    }

    /// <summary>An argument, or a field of an input.</summary>
    public InputValue Input(ParameterInfo parameter, string before, Dictionary<string, string> origins)
    {
        var name = Naming.OfParameter(parameter);
        origins[before + name] = $"parameter {parameter.Name} of {Naming.Describe(parameter.Member)}";
        var type = types.Input(parameter, nullability.Create(parameter));
        return new InputValue(
            name,
            parameter.Member.DeclaringType?.IsDefined(typeof(OneOfAttribute)) == true ? type.Nullable : type,
            DefaultValues.Of(parameter),
            comments.Of(parameter),
            parameter.GetCustomAttribute<GraphQLDeprecatedAttribute>()?.Reason
        )
        {
            Cost = parameter.GetCustomAttribute<CostAttribute>()?.Weight ?? 0,
        };
    }

    private Field OfProperty(PropertyInfo property, string type, bool isInterface, Dictionary<string, string> origins)
    {
        var name = Naming.OfField(property);
        origins[$"{type}.{name}"] = Naming.Describe(property);
        return new Field(
            name,
            types.Output(property.PropertyType, nullability.Create(property), property.Id() is not null, property),
            null,
            comments.Of(property),
            property.GetCustomAttribute<GraphQLDeprecatedAttribute>()?.Reason,
            isInterface ? null : resolvers.OfProperty(property)
        )
        {
            Cost = property.GetCustomAttribute<CostAttribute>()?.Weight ?? 0,
            ListSize = SizeOf(property),
        };
    }

    private Field OfMethod(
        MethodInfo method,
        Type? extended,
        string type,
        bool isSubscription,
        Dictionary<string, string> origins
    )
    {
        var name = Naming.OfField(method);
        var coordinate = $"{type}.{name}";
        origins[coordinate] = Naming.Describe(method);
        var (resultType, ofResult) = ResultOf(method, isSubscription);
        var arguments = method
            .GetParameters()
            .Where(one => resolvers.IsArgument(one) || one.ParameterType == typeof(PagingArguments))
            .SelectMany(argument =>
                argument.ParameterType == typeof(PagingArguments)
                    ? PagingFields()
                    : [Input(argument, $"{coordinate}.", origins)]
            )
            .ToArray();
        return new Field(
            name,
            types.Output(resultType, ofResult, method.Id() is not null, method),
            arguments,
            comments.Of(method),
            method.GetCustomAttribute<GraphQLDeprecatedAttribute>()?.Reason,
            isSubscription ? (context => context.Source) : resolvers.OfMethod(method, extended),
            isSubscription ? resolvers.OfSubscription(method) : null
        )
        {
            Cost = method.GetCustomAttribute<CostAttribute>()?.Weight ?? 0,
            ListSize = Array.Exists(method.GetParameters(), it => it.ParameterType == typeof(PagingArguments))
                ? SizeOfPages(method)
                : SizeOf(method),
        };
    }

    private static ListSize? SizeOf(MemberInfo member) =>
        member.GetCustomAttribute<ListSizeAttribute>() is { } size ? new ListSize(size.AssumedSize) : null;

    private static ListSize SizeOfPages(MethodInfo method)
    {
        var sizes = method.GetCustomAttribute<UsePagingAttribute>() ?? new UsePagingAttribute();
        return new ListSize(
            method.GetCustomAttribute<ListSizeAttribute>()?.AssumedSize ?? sizes.DefaultPageSize,
            ["first", "last"],
            ["edges", "nodes"],
            sizes.MaxPageSize
        );
    }

    private static InputValue[] PagingFields() =>
        [
            new("first", BuiltInScalars.Int, description: "How many items from the beginning on."),
            new("after", BuiltInScalars.String, description: "The cursor after which the page begins."),
            new("last", BuiltInScalars.Int, description: "How many items up to the end, instead of `first`."),
            new("before", BuiltInScalars.String, description: "The cursor before which the page ends."),
        ];

    /// <summary>What a method gives in the end, without the task.</summary>
    private (Type Type, NullabilityInfo Nullability) ResultOf(MethodInfo method, bool isSubscription)
    {
        var (type, info) = (method.ReturnType, nullability.Create(method.ReturnParameter));
        var generic = type.IsGenericType ? type.GetGenericTypeDefinition() : null;
        if (isSubscription)
        {
            return generic == typeof(IAsyncEnumerable<>)
                ? (type.GetGenericArguments()[0], info.GenericTypeArguments[0])
                : throw new AnnotationException(method, "has to give an IAsyncEnumerable<T>, as a subscription.");
        }
        if (type == typeof(void) || type == typeof(Task) || type == typeof(ValueTask))
            throw new AnnotationException(method, "gives nothing; a field needs a value.");
        return generic == typeof(Task<>) || generic == typeof(ValueTask<>)
            ? (type.GetGenericArguments()[0], info.GenericTypeArguments[0])
            : (type, info);
    }

    private static IEnumerable<MethodInfo> MethodsOf(Type type) =>
        type.GetMethods(Static)
            .Where(method => !method.IsSpecialName && !method.IsDefined(typeof(GraphQLIgnoreAttribute)))
            .Where(method => !method.IsDefined(typeof(DataLoaderAttribute)))
            .Where(method => !method.IsDefined(typeof(NodeResolverAttribute)))
            .Select(method =>
                method.IsGenericMethodDefinition
                    ? throw new AnnotationException(method, "is generic, which no field can be.")
                    : method
            );

    /// <summary>Those of base types first, as they are declared.</summary>
    private static IEnumerable<PropertyInfo> PropertiesOf(Type type) =>
        (
            type.IsInterface
                ? type.GetInterfaces().Append(type).SelectMany(one => one.GetProperties(Instance))
                : type.GetProperties(Instance)
        )
            .Where(property => property.GetMethod is { IsPublic: true } && property.GetIndexParameters().Length == 0)
            .Where(property => !property.IsDefined(typeof(GraphQLIgnoreAttribute)))
            .DistinctBy(property => property.Name, StringComparer.Ordinal);

    private static List<Field> Distinct(IEnumerable<Field> fields, string type, Dictionary<string, string> origins)
    {
        var found = new List<Field>();
        var byName = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var field in fields)
        {
            var origin = origins[$"{type}.{field.Name}"];
            if (!byName.TryAdd(field.Name, origin))
                throw new AnnotationException(
                    $"{origin} and {byName[field.Name]} are both the field {type}.{field.Name}."
                );
            found.Add(field);
        }
        return found;
    }
}

internal static class IdAnnotations
{
    /// <summary>How a value is an ID; null if it is none.</summary>
    public static IDAttribute? Id(this MemberInfo member) => member.GetCustomAttribute<IDAttribute>(inherit: true);

    /// <inheritdoc cref="Id(MemberInfo)" />
    public static IDAttribute? Id(this ParameterInfo parameter) =>
        parameter.GetCustomAttribute<IDAttribute>(inherit: true)
        // Records say it on the parameter or on the property.
        ?? (
            parameter.Member is ConstructorInfo { DeclaringType: { } type }
                ? type.GetProperty(parameter.Name!)?.Id()
                : null
        );
}
