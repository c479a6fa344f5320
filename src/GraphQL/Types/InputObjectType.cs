namespace EventPipeline.GraphQL.Types;

/// <summary>An object that clients send.</summary>
/// <param name="isOneOf">Whether exactly one of its fields has to be given.</param>
public sealed class InputObjectType(
    string name,
    Func<IEnumerable<InputValue>> fields,
    bool isOneOf = false,
    string? description = null
) : NamedType(name, description)
{
    private MemberList<InputValue>? declared;

    /// <summary>Its fields.</summary>
    public MemberList<InputValue> Fields =>
        declared ??= new MemberList<InputValue>(Name, fields().Select(one => one.Of(() => $"{Name}.{one.Name}")));

    /// <summary>Whether exactly one of its fields has to be given.</summary>
    public bool IsOneOf { get; } = isOneOf;
}
