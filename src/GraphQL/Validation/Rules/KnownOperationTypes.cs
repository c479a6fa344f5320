using EventPipeline.GraphQL.Language;

namespace EventPipeline.GraphQL.Validation.Rules;

/// <summary>The schema has a root for every operation.</summary>
internal sealed class KnownOperationTypes(ValidationContext context) : Rule(context)
{
    public static RuleDescription Description { get; } =
        new(Moments.Operation, static context => new KnownOperationTypes(context));

    public override void Enter(OperationNode operation)
    {
        if (Context.Schema.Root(operation.Kind) is null)
        {
            Context.Report(
                $"The {operation.Kind.Keyword()} operation is not supported by the schema.",
                operation.Location
            );
        }
    }
}
