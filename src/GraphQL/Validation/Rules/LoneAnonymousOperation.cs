using EventPipeline.GraphQL.Language;

namespace EventPipeline.GraphQL.Validation.Rules;

/// <summary>An operation without a name is the only one of its document.</summary>
internal sealed class LoneAnonymousOperation(ValidationContext context) : Rule(context)
{
    private int operations;

    public static RuleDescription Description { get; } =
        new(Moments.Document | Moments.Operation, static context => new LoneAnonymousOperation(context));

    public override void Enter(DocumentNode document)
    {
        foreach (var definition in document.Definitions)
            operations += definition is OperationNode ? 1 : 0;
    }

    public override void Enter(OperationNode operation)
    {
        if (operation.Name is null && operations > 1)
            Context.Report("This anonymous operation must be the only defined operation.", operation.Location);
    }
}
