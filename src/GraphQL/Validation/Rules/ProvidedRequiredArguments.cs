using EventPipeline.GraphQL.Language;

namespace EventPipeline.GraphQL.Validation.Rules;

/// <summary>Arguments that have to be given are given.</summary>
internal sealed class ProvidedRequiredArguments(ValidationContext context) : Rule(context)
{
    private readonly DefinedDirectives defined = new(context);

    public static RuleDescription Description { get; } =
        new(Moments.FieldEnd | Moments.DirectiveEnd, static context => new ProvidedRequiredArguments(context));

    /// <summary>The same for directives only.</summary>
    public static RuleDescription OnDirectives { get; } =
        new(Moments.DirectiveEnd, static context => new ProvidedRequiredArguments(context));

    public override void Leave(FieldNode field)
    {
        if (Context.Field is not { } known)
            return;
        foreach (var argument in known.Arguments.AsSpan())
        {
            if (argument.IsRequired && ArgumentNode.Find(field.Arguments, argument.Name) is null)
            {
                Context.Report(
                    $"Argument \"{argument}\" of type \"{argument.Type}\" is required, but it was not provided.",
                    field.Location
                );
            }
        }
    }

    public override void Leave(DirectiveNode directive)
    {
        var name = directive.Name.Value;
        if (defined.FindInDocument(name) is { } definition)
        {
            foreach (var argument in definition.Arguments)
            {
                if (argument is { Type: NonNullTypeNode, DefaultValue: null })
                    Check(directive, argument.Name.Value, argument.Type);
            }
        }
        else if (defined.FindInSchema(name) is { } known)
        {
            foreach (var argument in known.Arguments.AsSpan())
            {
                if (argument.IsRequired)
                    Check(directive, argument.Name, argument.Type);
            }
        }
    }

    private void Check(DirectiveNode directive, string argument, object type)
    {
        if (directive.Argument(argument) is null)
        {
            Context.Report(
                $"Argument \"@{directive.Name}({argument}:)\" of type \"{type}\" is required, but it was not provided.",
                directive.Location
            );
        }
    }
}
