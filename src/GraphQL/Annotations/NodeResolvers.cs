using System.Reflection;
using EventPipeline.GraphQL.Execution;
using EventPipeline.GraphQL.Nodes;
using EventPipeline.GraphQL.Types;

namespace EventPipeline.GraphQL.Annotations;

/// <summary>The methods that find objects by their keys.</summary>
internal sealed class NodeResolvers
{
    private const int MostNodes = 100;

    private readonly Dictionary<Type, MethodInfo> methods = [];

    public NodeResolvers(IEnumerable<Type> classes)
    {
        foreach (var method in classes.SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Static)))
        {
            if (!method.IsDefined(typeof(NodeResolverAttribute)))
                continue;
            if (!methods.TryAdd(ResultOf(method), method))
                throw new AnnotationException(method, "is the second [NodeResolver] of its type.");
            if (method.GetParameters().Length == 0)
                throw new AnnotationException(method, "is a [NodeResolver], so it has to take a key.");
        }
    }

    /// <summary>What every object with an id is.</summary>
    public static InterfaceType Interface { get; } =
        new(
            "Node",
            () => [new Field("id", BuiltInScalars.Id.NonNull, description: "Unique among all objects.")],
            description: "An object with an id, by which it can be asked for again."
        );

    /// <summary>The types of the objects.</summary>
    public IReadOnlyCollection<Type> Types => methods.Keys;

    /// <summary>Whether objects of a type can be found by their keys.</summary>
    public bool Has(Type type) => methods.ContainsKey(type);

    /// <summary>The type whose id a property is; null if it is none.</summary>
    public Type? Of(PropertyInfo property) =>
        property.Name == "Id" && Has(property.ReflectedType!) ? property.ReflectedType : null;

    /// <summary>The fields that find any object by its id.</summary>
    /// <param name="compile">Makes of a method what finds an object by the text of its key.</param>
    public IReadOnlyList<Field> Fields(Func<MethodInfo, Func<IFieldContext, object, object?>> compile)
    {
        var find = methods.ToDictionary(
            pair => Naming.OfType(pair.Key),
            pair => compile(pair.Value),
            StringComparer.Ordinal
        );
        return
        [
            new Field(
                "node",
                Interface,
                [new InputValue("id", BuiltInScalars.Id.NonNull)],
                "Any object by its id; null if there is none.",
                resolver: context => Find(context, context.Argument("id"))
            ),
            new Field(
                "nodes",
                Interface.List.NonNull,
                [new InputValue("ids", BuiltInScalars.Id.NonNull.List.NonNull, description: $"At most {MostNodes}.")],
                "Any objects by their ids, in their order; null where there is none.",
                resolver: FindAll
            )
            {
                ListSize = new ListSize(SlicingArguments: ["ids"], MaximumSize: MostNodes),
            },
        ];

        object? Find(IFieldContext context, object? id) =>
            NodeId.TryParse((string)id!, out var type, out var key) && find.TryGetValue(type, out var byKey)
                ? byKey(context, key)
                : throw NodeId.Invalid($"\"{id}\" is not the id of anything here.");

        object? FindAll(IFieldContext context)
        {
            var ids = (object?[])context.Argument("ids")!;
            if (ids.Length > MostNodes)
                throw NodeId.Invalid($"Ask for at most {MostNodes} objects at once, not for {ids.Length}.");
            return ids.Select(id =>
                {
                    try
                    {
                        return Find(context, id);
                    }
                    catch (GraphQLException exception)
                    {
                        return exception;
                    }
                })
                .ToArray();
        }
    }

    private static Type ResultOf(MethodInfo method)
    {
        var type = method.ReturnType;
        return
            type.IsGenericType
            && (
                type.GetGenericTypeDefinition() == typeof(Task<>)
                || type.GetGenericTypeDefinition() == typeof(ValueTask<>)
            )
            ? type.GetGenericArguments()[0]
            : type;
    }
}
