using EventPipeline.GraphQL.Language;

namespace EventPipeline.GraphQL.Validation.Rules;

/// <summary>Fragments are on types that have fields.</summary>
internal sealed class FragmentsOnCompositeTypes(ValidationContext context) : Rule(context)
{
    public static RuleDescription Description { get; } =
        new(Moments.InlineFragment | Moments.Fragment, static context => new FragmentsOnCompositeTypes(context));

    public override void Enter(InlineFragmentNode fragment)
    {
        if (fragment.TypeCondition is { } type && !MayHaveFields(type))
            Context.Report($"Fragment cannot condition on non composite type \"{type.Name}\".", type.Location);
    }

    public override void Enter(FragmentNode fragment)
    {
        if (fragment.TypeCondition is var type && !MayHaveFields(type))
        {
            Context.Report(
                $"Fragment \"{fragment.Name}\" cannot condition on non composite type \"{type.Name}\".",
                type.Location
            );
        }
    }

    private bool MayHaveFields(NamedTypeNode type) =>
        Context.Schema.Find(type.Name.Value) is null or Types.CompositeType;
}
