using EventPipeline.GraphQL.Language;
using EventPipeline.GraphQL.Types;

namespace EventPipeline.GraphQL.Validation;

/// <summary>Says whether a document makes sense for a schema, by all rules of the specification.</summary>
public static class DocumentValidator
{
    /// <summary>What is wrong with a document, in the order of the reference implementation; empty if it may be executed.</summary>
    /// <param name="schema">A valid schema.</param>
    /// <param name="document">A document that the parser has accepted.</param>
    /// <param name="options">How to validate.</param>
    public static IReadOnlyList<GraphQLError> Validate(
        Schema schema,
        DocumentNode document,
        ValidationOptions? options = null
    )
    {
        var context = new ValidationContext(schema, document, options ?? ValidationOptions.Default);
        return Run(RuleSet.Executable, context);
    }

    /// <summary>What is wrong with the definitions of a schema, before one is made of them.</summary>
    internal static IReadOnlyList<GraphQLError> ValidateDefinitions(DocumentNode document)
    {
        var context = new ValidationContext(null, document, new ValidationOptions(int.MaxValue));
        return Run(RuleSet.Definitions, context);
    }

    private static List<GraphQLError> Run(RuleSet rules, ValidationContext context)
    {
        try
        {
            new Walker(context, rules).Walk();
        }
        catch (ValidationAbortedException aborted)
        {
            context.Errors.Add(new GraphQLError(aborted.Message, []));
        }
        catch (InsufficientExecutionStackException)
        {
            context.Errors.Add(new GraphQLError(ValidationAbortedException.TooComplex().Message, []));
        }
        return context.Errors;
    }
}
