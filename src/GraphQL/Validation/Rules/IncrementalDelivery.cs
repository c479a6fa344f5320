using System.Runtime.CompilerServices;
using EventPipeline.GraphQL.Language;

namespace EventPipeline.GraphQL.Validation.Rules;

/// <summary>The root fields of mutations and subscriptions are not deferred or streamed. These rules are for schemas that define
/// <c>@defer</c> and <c>@stream</c>, which are not part of the specification yet; documents are judged by them anyhow.</summary>
internal sealed class NoIncrementalDeliveryOnRootFields(ValidationContext context) : Rule(context)
{
    private readonly HashSet<string> harmless = new(StringComparer.Ordinal);

    public static RuleDescription Description { get; } =
        new(Moments.Operation, static context => new NoIncrementalDeliveryOnRootFields(context));

    public override void Enter(OperationNode operation)
    {
        if (operation.Kind == OperationKind.Query || Context.Schema.Root(operation.Kind) is not { } type)
            return;
        var visited = new HashSet<string>(StringComparer.Ordinal);
        if (Check(operation.SelectionSet, $"root {operation.Kind.Keyword()} type \"{type}\"", visited))
            harmless.UnionWith(visited);
    }

    private bool Check(SelectionSetNode selectionSet, string root, HashSet<string> visited)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        var isFine = true;
        foreach (var selection in selectionSet.Selections)
        {
            switch (selection)
            {
                case FieldNode field:
                    isFine &= Refuse("Stream", DirectiveNode.Find(field.Directives, "stream"), root);
                    break;
                case InlineFragmentNode fragment:
                    isFine &= Refuse("Defer", DirectiveNode.Find(fragment.Directives, "defer"), root);
                    isFine &= Check(fragment.SelectionSet, root, visited);
                    break;
                case FragmentSpreadNode spread when visited.Add(spread.Name.Value):
                    if (Context.Fragments.Find(spread.Name.Value) is not { } spreaded)
                        break;
                    isFine &= Refuse("Defer", DirectiveNode.Find(spread.Directives, "defer"), root);
                    if (!harmless.Contains(spread.Name.Value))
                        isFine &= Check(spreaded.SelectionSet, root, visited);
                    break;
            }
        }
        return isFine;
    }

    private bool Refuse(string what, DirectiveNode? directive, string root)
    {
        if (directive is not null)
            Context.Report($"{what} directive cannot be used on {root}.", directive.Location);
        return directive is null;
    }
}

/// <summary>Subscriptions do not defer or stream, unless it can be switched off.</summary>
internal sealed class NoIncrementalDeliveryInSubscriptions(ValidationContext context) : Rule(context)
{
    private readonly HashSet<string> harmless = new(StringComparer.Ordinal);
    private readonly List<Location> spreads = [];

    public static RuleDescription Description { get; } =
        new(Moments.Operation, static context => new NoIncrementalDeliveryInSubscriptions(context));

    public override void Enter(OperationNode operation)
    {
        if (operation.Kind != OperationKind.Subscription)
            return;
        var visited = new HashSet<string>(StringComparer.Ordinal);
        if (Check(operation.SelectionSet, visited))
            harmless.UnionWith(visited);
    }

    private bool Check(SelectionSetNode selectionSet, HashSet<string> visited)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        var isFine = true;
        foreach (var selection in selectionSet.Selections)
        {
            if (CanBeLeftOut(selection, "skip", true) || CanBeLeftOut(selection, "include", false))
                continue;
            foreach (var directive in selection.Directives)
                isFine &= Check(directive);
            switch (selection)
            {
                case FragmentSpreadNode spread:
                    var name = spread.Name.Value;
                    if (
                        harmless.Contains(name)
                        || !visited.Add(name)
                        || Context.Fragments.Find(name) is not { } fragment
                    )
                        break;
                    spreads.Insert(0, spread.Location);
                    isFine &= Check(fragment.SelectionSet, visited);
                    spreads.RemoveAt(0);
                    break;
                case FieldNode { SelectionSet: { } inner }:
                    isFine &= Check(inner, visited);
                    break;
                case InlineFragmentNode inline:
                    isFine &= Check(inline.SelectionSet, visited);
                    break;
            }
        }
        return isFine;
    }

    private bool Check(DirectiveNode directive)
    {
        if (directive.Name.Value is not ("defer" or "stream"))
            return true;
        if (directive.Argument("if") is VariableNode or BooleanValueNode { Value: false })
            return true;
        var (name, word) = directive.Name.Value == "defer" ? ("Defer", "@defer") : ("Stream", "@stream");
        Context.Report(
            $"{name} directive not supported on subscription operations. Disable `{word}` by setting the `if` argument to `false`.",
            [directive.Location, .. spreads]
        );
        return false;
    }

    private static bool CanBeLeftOut(SelectionNode selection, string directive, bool when) =>
        DirectiveNode.Find(selection.Directives, directive) is { } condition
        && condition.Argument("if") switch
        {
            null => when,
            BooleanValueNode value => value.Value == when,
            _ => true,
        };
}

/// <summary>Labels of what is deferred or streamed are constants and differ.</summary>
internal sealed class UniqueIncrementalDeliveryLabels(ValidationContext context) : Rule(context)
{
    private readonly FirstPlaces labels = new();

    public static RuleDescription Description { get; } =
        new(Moments.Directive, static context => new UniqueIncrementalDeliveryLabels(context));

    public override void Enter(DirectiveNode directive, string location)
    {
        if (directive.Name.Value is not ("defer" or "stream"))
            return;
        switch (directive.Argument("label"))
        {
            case null or NullValueNode:
                break;
            case StringValueNode label:
                if (labels.HasSeen(label.Value, directive.Location, out var first))
                {
                    Context.Report(
                        "Value for arguments \"defer(label:)\" and \"stream(label:)\" must be unique across all Defer/Stream directive usages.",
                        first,
                        directive.Location
                    );
                }
                break;
            default:
                Context.Report($"Argument \"@{directive.Name}(label:)\" must be a static string.", directive.Location);
                break;
        }
    }
}

/// <summary>Only lists are streamed.</summary>
internal sealed class StreamOnLists(ValidationContext context) : Rule(context)
{
    public static RuleDescription Description { get; } =
        new(Moments.Directive, static context => new StreamOnLists(context));

    public override void Enter(DirectiveNode directive, string location)
    {
        if (
            directive.Name.Value == "stream"
            && Context is { Field: { } field, ParentType: { } parent }
            && field.Type.Nullable is not Types.ListType
        )
        {
            Context.Report(
                $"Directive \"@stream\" cannot be used on non-list field \"{parent}.{field.Name}\".",
                directive.Location
            );
        }
    }
}
