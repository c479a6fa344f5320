using EventPipeline.GraphQL.Language;

namespace EventPipeline.GraphQL.Validation.Rules;

/// <summary>What has fields is asked for some, and what has none is not.</summary>
internal sealed class ScalarLeafs(ValidationContext context) : Rule(context)
{
    public static RuleDescription Description { get; } = new(Moments.Field, static context => new ScalarLeafs(context));

    public override void Enter(FieldNode field)
    {
        if (Context.Type is not { } type)
            return;
        if (type.Named is Types.LeafType)
        {
            if (field.SelectionSet is { } selections)
            {
                Context.Report(
                    $"Field \"{field.Name}\" must not have a selection since type \"{type}\" has no subfields.",
                    selections.Location
                );
            }
        }
        else if (field.SelectionSet is null)
        {
            Context.Report(
                $"Field \"{field.Name}\" of type \"{type}\" must have a selection of subfields. Did you mean \"{field.Name} {{ ... }}\"?",
                field.Location
            );
        }
    }
}
