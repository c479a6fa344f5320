using EventPipeline.GraphQL.Language;

namespace EventPipeline.GraphQL.Validation.Rules;

/// <summary>Fields and directives take the arguments that they are given.</summary>
internal sealed class KnownArgumentNames(ValidationContext context) : Rule(context)
{
    private readonly DefinedDirectives defined = new(context);

    public static RuleDescription Description { get; } =
        new(Moments.Directive | Moments.Argument, static context => new KnownArgumentNames(context));

    /// <summary>The same for directives only.</summary>
    public static RuleDescription OnDirectives { get; } =
        new(Moments.Directive, static context => new KnownArgumentNames(context));

    public override void Enter(ArgumentNode argument, bool ofDirective)
    {
        if (ofDirective || Context.Argument is not null || Context.Field is not { } field)
            return;
        Report(argument, $"field \"{field}\"", field.Arguments.Select(known => known.Name));
    }

    public override void Enter(DirectiveNode directive, string location)
    {
        if (directive.Arguments.IsEmpty)
            return;
        var name = directive.Name.Value;
        var known =
            defined.FindInDocument(name)?.Arguments.Select(argument => argument.Name.Value).ToArray()
            ?? defined.FindInSchema(name)?.Arguments.Select(argument => argument.Name).ToArray();
        if (known is null)
            return;
        foreach (var argument in directive.Arguments)
        {
            if (!known.Contains(argument.Name.Value, StringComparer.Ordinal))
                Report(argument, $"directive \"@{name}\"", known);
        }
    }

    private void Report(ArgumentNode argument, string owner, IEnumerable<string> known)
    {
        var suggestion = Context.HideSuggestions ? "" : Suggestions.DidYouMean(argument.Name.Value, known);
        Context.Report($"Unknown argument \"{argument.Name}\" on {owner}.{suggestion}", argument.Location);
    }
}
