using System.Collections.Immutable;
using EventPipeline.GraphQL.Language;

namespace EventPipeline.GraphQL.Types;

/// <summary>A directive that a schema knows.</summary>
public sealed class Directive : IMember
{
    /// <summary>Makes a directive.</summary>
    /// <param name="name">Without the at sign.</param>
    /// <param name="locations">Where it may be used, in the words of the specification.</param>
    /// <param name="arguments">What it takes.</param>
    /// <param name="isRepeatable">Whether it may be used more than once at a place.</param>
    /// <param name="description">What it does, in Markdown.</param>
    /// <param name="deprecationReason">Why it should no longer be used; null while it should.</param>
    public Directive(
        string name,
        IEnumerable<string> locations,
        IEnumerable<InputValue>? arguments = null,
        bool isRepeatable = false,
        string? description = null,
        string? deprecationReason = null
    )
    {
        Name = Names.Check(name);
        Locations = [.. locations];
        IsRepeatable = isRepeatable;
        Description = description;
        DeprecationReason = deprecationReason;
        Arguments = new MemberList<InputValue>(
            name,
            (arguments ?? []).Select(argument => argument.Of(() => $"@{name}({argument.Name}:)"))
        );
    }

    /// <inheritdoc />
    public string Name { get; }

    /// <summary>Where it may be used.</summary>
    public ImmutableArray<string> Locations { get; }

    /// <summary>What it takes.</summary>
    public MemberList<InputValue> Arguments { get; }

    /// <summary>Whether it may be used more than once at a place.</summary>
    public bool IsRepeatable { get; }

    /// <summary>What it does, in Markdown.</summary>
    public string? Description { get; }

    /// <summary>Why it should no longer be used; null while it should.</summary>
    public string? DeprecationReason { get; }

    internal DirectiveDefinitionNode? Node { get; init; }

    /// <summary>The schema coordinate, such as <c>@skip</c>.</summary>
    public override string ToString() => "@" + Name;
}
