using System.Collections.Immutable;
using EventPipeline.GraphQL.Language;
using EventPipeline.GraphQL.Types;

namespace EventPipeline.GraphQL.Values;

/// <summary>Reads the arguments of a field or a directive of a validated document.</summary>
public static class ArgumentCoercion
{
    /// <summary>Reads all of them; those that were not given and have no default are not there.</summary>
    /// <param name="known">What the field or directive takes.</param>
    /// <param name="given">What it is given.</param>
    /// <param name="variables">The variables of the operation.</param>
    /// <param name="place">Where the field or directive stands, for the error.</param>
    /// <returns>The values, or what is wrong: a variable that has no value where one is needed.</returns>
    public static (IReadOnlyDictionary<string, object?> Values, GraphQLError? Error) Coerce(
        MemberList<InputValue> known,
        ImmutableArray<ArgumentNode> given,
        VariableValues variables,
        Location place
    )
    {
        var values = new Dictionary<string, object?>(known.Count, StringComparer.Ordinal);
        foreach (var argument in known.AsSpan())
        {
            var literal = ArgumentNode.Find(given, argument.Name)?.Value;
            if (literal is null && argument.IsRequired)
            {
                return (
                    values,
                    GraphQLError.At(
                        $"Argument \"{argument}\" of required type \"{argument.Type}\" was not provided.",
                        place
                    )
                );
            }
            var isMissing =
                literal is VariableNode variable
                && !argument.IsRequired
                && !variables.TryGet(variable.Name.Value, out _);
            if (literal is null || isMissing)
            {
                if (argument.TryGetDefault(out var defaultValue))
                    values[argument.Name] = defaultValue;
            }
            else if (LiteralCoercion.TryCoerce(literal, argument.Type, variables, out var value))
            {
                values[argument.Name] = value;
            }
            else
            {
                return (values, Describe(argument, literal, variables));
            }
        }
        return (values, null);
    }

    private static GraphQLError Describe(InputValue argument, ValueNode literal, VariableValues variables)
    {
        GraphQLError? first = null;
        var validation = new LiteralValidation(
            (error, path) =>
                first ??= error with
                {
                    Message = $"Argument \"{argument}\" has invalid value{ValuePath.Describe(path)}: {error.Message}",
                },
            hideSuggestions: true,
            variables
        );
        validation.Validate(literal, argument.Type);
        return first ?? GraphQLError.At($"Argument \"{argument}\" has invalid value: {literal}.", literal.Location);
    }
}
