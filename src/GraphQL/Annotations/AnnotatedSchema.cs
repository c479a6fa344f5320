using System.Reflection;
using EventPipeline.GraphQL.Paging;
using EventPipeline.GraphQL.Types;

namespace EventPipeline.GraphQL.Annotations;

/// <summary>How a schema is made of C#.</summary>
public sealed record AnnotationOptions
{
    /// <summary>Whether the container knows a type, so that parameters of it are services and no arguments.</summary>
    public Func<Type, bool> IsService { get; init; } = _ => false;

    /// <summary>Decides whether the caller, whom the services of the request know, is allowed what an <see cref="AuthorizeAttribute" />
    /// asks for: its policy, or null for any caller that is known.</summary>
    public Func<IFieldContext, string?, ValueTask<bool>>? Authorize { get; init; }

    /// <summary>Reads and writes the cursors of lists that take <see cref="PagingArguments" />.</summary>
    public Cursors? Cursors { get; init; }

    /// <summary>Further scalars, by the types of their values in C#.</summary>
    public IReadOnlyDictionary<Type, ScalarType> Scalars { get; init; } = new Dictionary<Type, ScalarType>();

    /// <summary>What the schema is, in Markdown.</summary>
    public string? Description { get; init; }
}

/// <summary>Makes a schema of annotated C#: static classes marked as roots and as extensions, records as inputs and outputs, enums.</summary>
public static class AnnotatedSchema
{
    /// <summary>Makes a schema of all annotated classes of an assembly.</summary>
    /// <exception cref="AnnotationException">Something cannot be a part of a schema.</exception>
    public static Schema Build(Assembly assembly, AnnotationOptions? options = null) =>
        Build(assembly.GetTypes(), options);

    /// <summary>Makes a schema of annotated classes.</summary>
    /// <param name="types">Those that are not annotated are left out; types of values need not be given.</param>
    /// <exception cref="AnnotationException">Something cannot be a part of a schema.</exception>
    public static Schema Build(IEnumerable<Type> types, AnnotationOptions? options = null)
    {
        // Metadata has an order, but promises none.
        var all = types.OrderBy(type => type.FullName, StringComparer.Ordinal).ToArray();
        var extensions = all.Select(type =>
                (Type: type, type.GetCustomAttribute<ExtendObjectTypeAttribute>()?.Extended)
            )
            .Where(pair => pair.Extended is not null)
            .ToLookup(pair => pair.Extended!, pair => pair.Type);
        var map = new TypeMap(options ?? new AnnotationOptions(), extensions, new Loaders(all), new NodeResolvers(all));
        var query = Root<QueryTypeAttribute>("Query") ?? throw new AnnotationException("No class is a [QueryType].");
        var mutation = Root<MutationTypeAttribute>("Mutation");
        var subscription = Root<SubscriptionTypeAttribute>("Subscription");
        // Objects behind interfaces are found when the fields of everything else are known.
        _ = new Schema(query, mutation, subscription);
        var schema = new Schema(
            query,
            mutation,
            subscription,
            [query, .. map.BehindInterfaces()],
            description: options?.Description
        );
        return Checked(schema, map.Origins);

        ObjectType? Root<TAttribute>(string name)
            where TAttribute : Attribute
        {
            var classes = all.Where(type => type.IsDefined(typeof(TAttribute), inherit: false)).ToArray();
            foreach (var type in classes.Where(type => !type.IsAbstract || !type.IsSealed))
                throw new AnnotationException(type, "has to be static, as all roots.");
            return classes.Length == 0
                ? null
                : map.Root(
                    name,
                    classes,
                    typeof(TAttribute) == typeof(SubscriptionTypeAttribute),
                    typeof(TAttribute) == typeof(QueryTypeAttribute) ? map.NodeFields() : []
                );
        }
    }

    private static Schema Checked(Schema schema, Dictionary<string, string> origins)
    {
        var errors = SchemaValidation.Validate(schema);
        if (errors.Count == 0)
            return schema;
        throw new AnnotationException(
            string.Join(
                "\n",
                errors.Select(error =>
                {
                    var concerned = origins
                        .Where(origin =>
                            Mentions(error.Message, origin.Key)
                            || error.Message.Contains($"\"{origin.Key.Split('.')[^1]}\"", StringComparison.Ordinal)
                        )
                        .OrderByDescending(origin => origin.Key.Length)
                        .Select(origin => origin.Value)
                        .Take(2);
                    return $"{error.Message} Look at {string.Join(" and ", concerned)}.";
                })
            )
        );
    }

    private static bool Mentions(string message, string coordinate)
    {
        var at = message.IndexOf(coordinate, StringComparison.Ordinal);
        if (at < 0)
            return false;
        var end = at + coordinate.Length;
        return (at == 0 || !char.IsLetterOrDigit(message[at - 1]))
            && (end == message.Length || !char.IsLetterOrDigit(message[end]));
    }
}
