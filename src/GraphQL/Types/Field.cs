using EventPipeline.GraphQL.DataLoaders;
using EventPipeline.GraphQL.Execution;
using EventPipeline.GraphQL.Language;

namespace EventPipeline.GraphQL.Types;

/// <summary>Finds the value of a field. What it gives may be a task.</summary>
public delegate object? FieldResolver(IFieldContext context);

/// <summary>Gives the events of a field of the subscription root. Each becomes the root of one execution, so that the resolver of the
/// field finds the event as its source. The sequence is disposed of when the client has left or has unsubscribed.</summary>
public delegate IAsyncEnumerable<object?> SubscriptionResolver(IFieldContext context);

/// <summary>What belongs to a request.</summary>
public interface IRequestContext
{
    /// <summary>Where it finds what it needs; null if execution was given none.</summary>
    IServiceProvider? Services { get; }

    /// <summary>Cancelled when the client has left.</summary>
    CancellationToken Cancellation { get; }

    /// <summary>What loads values by their keys in batches.</summary>
    DataLoaderScope Loaders { get; }
}

/// <summary>What a resolver may know; execution provides it.</summary>
public interface IFieldContext : IRequestContext
{
    /// <summary>The schema that is asked.</summary>
    Schema Schema { get; }

    /// <summary>The type whose field it is.</summary>
    ObjectType ParentType { get; }

    /// <summary>The field.</summary>
    Field Field { get; }

    /// <summary>The object whose field it is.</summary>
    object? Source { get; }

    /// <summary>Its place in the response.</summary>
    ResponsePath Path { get; }

    /// <summary>The object at the top of the operation.</summary>
    object? Root { get; }

    /// <summary>The coerced value of an argument; null also if it was not given and has no default.</summary>
    object? Argument(string name);

    /// <summary>Whether an argument has a value, which may be null.</summary>
    bool HasArgument(string name);

    /// <summary>The fields that are selected of its value, or of the items of its list, if these are of a type.</summary>
    IEnumerable<SelectedField> Selected(ObjectType type);
}

/// <summary>A field that is selected of a value, which need not be there yet.</summary>
public readonly struct SelectedField
{
    private readonly FieldGroup group;
    private readonly FieldCollector collector;

    internal SelectedField(FieldGroup group, FieldCollector collector) =>
        (this.group, this.collector) = (group, collector);

    /// <summary>The field.</summary>
    public Field Field => group.Field;

    /// <summary>The fields that are selected of its value, or of the items of its list, if these are of a type.</summary>
    public IEnumerable<SelectedField> Selected(ObjectType type) => Of(group, type, collector);

    internal static IEnumerable<SelectedField> Of(FieldGroup group, ObjectType type, FieldCollector collector) =>
        group.Selection(type, collector).Groups.Select(selected => new SelectedField(selected, collector));
}

/// <summary>A field of an object or an interface.</summary>
public sealed class Field : IMember
{
    /// <summary>Makes a field; it belongs to the type that is made of it.</summary>
    public Field(
        string name,
        GraphQLType type,
        IEnumerable<InputValue>? arguments = null,
        string? description = null,
        string? deprecationReason = null,
        FieldResolver? resolver = null,
        SubscriptionResolver? subscribe = null
    )
    {
        Name = Names.Check(name);
        Type = type;
        Description = description;
        DeprecationReason = deprecationReason;
        Resolver = resolver;
        Subscribe = subscribe;
        Arguments = new MemberList<InputValue>(
            name,
            (arguments ?? []).Select(argument => argument.Of(() => $"{this}({argument.Name}:)"))
        );
    }

    /// <inheritdoc />
    public string Name { get; }

    /// <summary>The type of its value.</summary>
    public GraphQLType Type { get; }

    /// <summary>What it takes.</summary>
    public MemberList<InputValue> Arguments { get; }

    /// <summary>What it is, in Markdown.</summary>
    public string? Description { get; }

    /// <summary>Why it should no longer be used, and what instead; null while it should.</summary>
    public string? DeprecationReason { get; }

    /// <summary>How its value is found; null for those of interfaces and for what is never executed.</summary>
    public FieldResolver? Resolver { get; }

    /// <summary>Where its events come from; null for fields that are not of the subscription root.</summary>
    public SubscriptionResolver? Subscribe { get; }

    /// <summary>What it adds to the cost of an operation, by itself; objects cost one each in any case.</summary>
    public double Cost { get; init; }

    /// <summary>How many items its list may have; null for what is expected of any list.</summary>
    public ListSize? ListSize { get; init; }

    internal FieldsType? Parent { get; private set; }

    internal FieldDefinitionNode? Node { get; init; }

    /// <summary>The schema coordinate, such as <c>Video.clips</c>.</summary>
    public override string ToString() => $"{Parent?.Name ?? "<meta>"}.{Name}";

    internal Field Of(FieldsType parent)
    {
        Parent = parent;
        return this;
    }
}
