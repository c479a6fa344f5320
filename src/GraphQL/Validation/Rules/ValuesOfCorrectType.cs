using EventPipeline.GraphQL.Language;

namespace EventPipeline.GraphQL.Validation.Rules;

/// <summary>Literals are values of the type of their place.</summary>
internal sealed class ValuesOfCorrectType(ValidationContext context) : Rule(context)
{
    private Values.LiteralValidation? validation;

    public static RuleDescription Description { get; } =
        new(Moments.Value, static context => new ValuesOfCorrectType(context));

    public override void Enter(ValueNode value, Types.GraphQLType? expected)
    {
        if (expected is null)
            return;
        validation ??= new Values.LiteralValidation((error, _) => Context.Report(error), Context.HideSuggestions);
        validation.Validate(value, expected);
    }
}
