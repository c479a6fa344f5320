using System.Collections.Immutable;
using EventPipeline.GraphQL.Language;

namespace EventPipeline.GraphQL.Validation.Rules;

/// <summary>Names and where they were first seen.</summary>
internal struct FirstPlaces()
{
    private readonly Dictionary<string, Location> places = new(StringComparer.Ordinal);

    /// <summary>Whether a name was seen before; if so, where.</summary>
    public readonly bool HasSeen(string name, Location place, out Location first)
    {
        if (places.TryGetValue(name, out first))
            return true;
        places.Add(name, place);
        return false;
    }
}

/// <summary>Operations have different names.</summary>
internal sealed class UniqueOperationNames(ValidationContext context) : Rule(context)
{
    private readonly FirstPlaces names = new();

    public static RuleDescription Description { get; } =
        new(Moments.Operation, static context => new UniqueOperationNames(context));

    public override void Enter(OperationNode operation)
    {
        if (operation.Name is { } name && names.HasSeen(name.Value, name.Location, out var first))
            Context.Report($"There can be only one operation named \"{name}\".", first, name.Location);
    }
}

/// <summary>Fragments have different names.</summary>
internal sealed class UniqueFragmentNames(ValidationContext context) : Rule(context)
{
    private readonly FirstPlaces names = new();

    public static RuleDescription Description { get; } =
        new(Moments.Fragment, static context => new UniqueFragmentNames(context));

    public override void Enter(FragmentNode fragment)
    {
        if (names.HasSeen(fragment.Name.Value, fragment.Name.Location, out var first))
            Context.Report($"There can be only one fragment named \"{fragment.Name}\".", first, fragment.Name.Location);
    }
}

/// <summary>Variables of an operation have different names.</summary>
internal sealed class UniqueVariableNames(ValidationContext context) : Rule(context)
{
    public static RuleDescription Description { get; } =
        new(Moments.Operation, static context => new UniqueVariableNames(context));

    public override void Enter(OperationNode operation)
    {
        if (operation.Variables.Length < 2)
            return;
        foreach (var (name, places) in Duplicates.Of(operation.Variables, variable => variable.Variable.Name))
            Context.Report($"There can be only one variable named \"${name}\".", places);
    }
}

/// <summary>Arguments of a field or a directive have different names.</summary>
internal sealed class UniqueArgumentNames(ValidationContext context) : Rule(context)
{
    public static RuleDescription Description { get; } =
        new(Moments.Field | Moments.Directive, static context => new UniqueArgumentNames(context));

    public override void Enter(FieldNode field) => Check(field.Arguments);

    public override void Enter(DirectiveNode directive, string location) => Check(directive.Arguments);

    private void Check(ImmutableArray<ArgumentNode> arguments)
    {
        if (arguments.Length < 2)
            return;
        foreach (var (name, places) in Duplicates.Of(arguments, argument => argument.Name))
            Context.Report($"There can be only one argument named \"{name}\".", places);
    }
}

/// <summary>Fields of an object value have different names.</summary>
internal sealed class UniqueInputFieldNames(ValidationContext context) : Rule(context)
{
    public static RuleDescription Description { get; } =
        new(Moments.Object, static context => new UniqueInputFieldNames(context));

    public override void Enter(ObjectValueNode value)
    {
        if (value.Fields.Length < 2)
            return;
        var names = new FirstPlaces();
        foreach (var field in value.Fields)
        {
            if (names.HasSeen(field.Name.Value, field.Name.Location, out var first))
                Context.Report(
                    $"There can be only one input field named \"{field.Name}\".",
                    first,
                    field.Name.Location
                );
        }
    }
}

/// <summary>Names that stand more than once among siblings.</summary>
internal static class Duplicates
{
    public static IEnumerable<(string Name, Location[] Places)> Of<T>(IEnumerable<T> nodes, Func<T, Name> name) =>
        nodes
            .Select(name)
            .GroupBy(one => one.Value, StringComparer.Ordinal)
            .Where(group => group.Skip(1).Any())
            .Select(group => (group.Key, group.Select(one => one.Location).ToArray()));
}
