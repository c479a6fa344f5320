using EventPipeline.GraphQL.Language;

namespace EventPipeline.GraphQL.Validation.Rules;

/// <summary>Variables are of types that clients can send.</summary>
internal sealed class VariablesAreInputTypes(ValidationContext context) : Rule(context)
{
    public static RuleDescription Description { get; } =
        new(Moments.VariableDefinition, static context => new VariablesAreInputTypes(context));

    public override void Enter(VariableDefinitionNode variable)
    {
        if (Context.Schema.Find(variable.Type) is { IsInput: false })
        {
            Context.Report(
                $"Variable \"${variable.Name}\" cannot be non-input type \"{variable.Type}\".",
                variable.Type.Location
            );
        }
    }
}
