using EventPipeline.GraphQL.Language;

namespace EventPipeline.GraphQL.Validation.Rules;

/// <summary>A document that is executed has operations and fragments only.</summary>
internal sealed class ExecutableDefinitions(ValidationContext context) : Rule(context)
{
    public static RuleDescription Description { get; } =
        new(Moments.Document, static context => new ExecutableDefinitions(context));

    public override void Enter(DocumentNode document)
    {
        foreach (var definition in document.Definitions)
        {
            var name = definition switch
            {
                ExecutableDefinitionNode => null,
                TypeDefinitionNode type => $"\"{type.Name}\"",
                DirectiveDefinitionNode directive => $"\"{directive.Name}\"",
                _ => "schema",
            };
            if (name is not null)
                Context.Report($"The {name} definition is not executable.", definition.Location);
        }
    }
}
