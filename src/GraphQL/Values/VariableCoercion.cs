using System.Text.Json;
using EventPipeline.GraphQL.Language;
using EventPipeline.GraphQL.Types;
using EventPipeline.GraphQL.Validation;

namespace EventPipeline.GraphQL.Values;

/// <summary>Reads the variables that a client sends with an operation.</summary>
public static class VariableCoercion
{
    /// <summary>Reads all of them.</summary>
    /// <param name="schema">The schema that the operation was validated for.</param>
    /// <param name="operation">The operation.</param>
    /// <param name="variables">A JSON object, or nothing.</param>
    /// <param name="options">Of validation, for the number of errors and for suggestions.</param>
    /// <returns>The values, or what is wrong with them.</returns>
    public static (VariableValues Values, IReadOnlyList<GraphQLError> Errors) Coerce(
        Schema schema,
        OperationNode operation,
        JsonElement variables,
        ValidationOptions? options = null
    )
    {
        if (operation.Variables.IsEmpty)
            return (VariableValues.None, []);
        options ??= ValidationOptions.Default;
        var values = new VariableValues();
        var errors = new List<GraphQLError>();
        foreach (var variable in operation.Variables)
        {
            Coerce(schema, variable, variables, values, errors, options.HideSuggestions);
            if (errors.Count > options.MaximumErrors)
            {
                errors.RemoveRange(options.MaximumErrors, errors.Count - options.MaximumErrors);
                errors.Add(
                    new GraphQLError(
                        "Too many errors processing variables, error limit reached. Execution aborted.",
                        []
                    )
                );
                break;
            }
        }
        return (values, errors);
    }

    private static void Coerce(
        Schema schema,
        VariableDefinitionNode variable,
        JsonElement variables,
        VariableValues values,
        List<GraphQLError> errors,
        bool hideSuggestions
    )
    {
        if (schema.Find(variable.Type) is not { IsInput: true } type)
        {
            errors.Add(
                GraphQLError.At(
                    $"Variable \"${variable.Name}\" expected value of type \"{variable.Type}\" which cannot be used as an input type.",
                    variable.Type.Location
                )
            );
            return;
        }
        var json =
            variables.ValueKind == JsonValueKind.Object && variables.TryGetProperty(variable.Name, out var given)
                ? given
                : default;
        if (json.ValueKind == JsonValueKind.Undefined && variable.DefaultValue is { } defaultValue)
        {
            if (LiteralCoercion.TryCoerce(defaultValue, type, VariableValues.None, out var value))
                values.Add(variable.Name, value, () => defaultValue);
            else
                ReportDefault(variable, type, errors, hideSuggestions);
            return;
        }
        if (json.ValueKind == JsonValueKind.Undefined && type is not NonNullType)
            return;
        var before = errors.Count;
        var coercion = new JsonCoercion(
            (message, path) =>
                errors.Add(
                    GraphQLError.At(
                        $"Variable \"${variable.Name}\" has invalid value{ValuePath.Describe(path)}: {message}",
                        variable.Location
                    )
                ),
            hideSuggestions
        );
        var coerced = coercion.Coerce(json, type);
        if (errors.Count == before)
            values.Add(variable.Name, coerced, () => Literals.Of(json, type));
    }

    private static void ReportDefault(
        VariableDefinitionNode variable,
        GraphQLType type,
        List<GraphQLError> errors,
        bool hideSuggestions
    )
    {
        var validation = new LiteralValidation(
            (error, path) =>
                errors.Add(
                    GraphQLError.At(
                        $"Variable \"${variable.Name}\" has invalid default value{ValuePath.Describe(path)}: {error.Message}",
                        variable.Location
                    )
                ),
            hideSuggestions
        );
        validation.Validate(variable.DefaultValue!, type);
    }
}
