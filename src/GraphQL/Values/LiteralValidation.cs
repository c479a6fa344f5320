using EventPipeline.GraphQL.Language;
using EventPipeline.GraphQL.Types;
using EventPipeline.GraphQL.Validation;

namespace EventPipeline.GraphQL.Values;

/// <summary>Says what is wrong with literals.</summary>
/// <param name="report">Is told of every error, and of the path from the literal to the part that is wrong.</param>
/// <param name="hideSuggestions">Leaves out "Did you mean".</param>
/// <param name="variables">The values of variables; without them, they are taken on trust: other rules look at those.</param>
internal sealed class LiteralValidation(
    Action<GraphQLError, ValuePath?> report,
    bool hideSuggestions,
    VariableValues? variables = null
)
{
    public void Validate(ValueNode value, GraphQLType type) => Validate(value, type, null);

    private void Validate(ValueNode value, GraphQLType type, ValuePath? path)
    {
        if (value is VariableNode variable)
        {
            CheckValue(variable, type, path);
            return;
        }
        if (value is NullValueNode)
        {
            if (type is NonNullType)
                Report($"Expected value of non-null type \"{type}\" not to be null.", value, path);
            return;
        }
        switch (type.Nullable)
        {
            case ListType list when value is ListValueNode items:
                for (var index = 0; index < items.Values.Length; index++)
                    Validate(items.Values[index], list.OfType, new ValuePath(path, null, index));
                break;
            case ListType list:
                Validate(value, list.OfType, path);
                break;
            case InputObjectType input when value is ObjectValueNode fields:
                Validate(fields, input, path);
                break;
            case InputObjectType input:
                Report($"Expected value of type \"{input}\" to be an object, found: {value}.", value, path);
                break;
            case LeafType leaf:
                Validate(value, leaf, path);
                break;
        }
    }

    private void Validate(ObjectValueNode value, InputObjectType type, ValuePath? path)
    {
        foreach (var field in type.Fields.AsSpan())
        {
            if (FindLast(value, field.Name) is { } given)
            {
                if (given.Value is not VariableNode variable || CheckField(variable, value, field, type, path))
                    Validate(given.Value, field.Type, new ValuePath(path, field.Name, 0));
            }
            else if (field.IsRequired)
            {
                Report(
                    $"Expected value of type \"{type}\" to include required field \"{field.Name}\", found: {value}.",
                    value,
                    path
                );
            }
        }
        var known = 0;
        ObjectFieldNode? first = null;
        foreach (var field in value.Fields)
        {
            if (type.Fields.Find(field.Name.Value) is null)
                ReportUnknown(field, value, type, path);
            else if (known++ == 0)
                first = field;
        }
        if (!type.IsOneOf)
            return;
        if (known != 1)
            Report(OneOfMessage(type), value, path);
        else if (first!.Value is NullValueNode)
            Report(OneOfMessage(type), value, new ValuePath(path, first.Name.Value, 0));
    }

    private void CheckValue(VariableNode variable, GraphQLType type, ValuePath? path)
    {
        if (variables is null || type is not NonNullType)
            return;
        if (!variables.TryGet(variable.Name.Value, out var value))
            Report(
                $"Expected variable \"{variable}\" provided to type \"{type}\" to provide a runtime value.",
                variable,
                path
            );
        else if (value is null)
            Report(
                $"Expected variable \"{variable}\" provided to non-null type \"{type}\" not to be null.",
                variable,
                path
            );
    }

    /// <returns>Whether the variable has to be looked at as a value too.</returns>
    private bool CheckField(
        VariableNode variable,
        ObjectValueNode value,
        InputValue field,
        InputObjectType type,
        ValuePath? path
    )
    {
        if (variables is null)
            return true;
        var isGiven = variables.TryGet(variable.Name.Value, out var known);
        if (!type.IsOneOf)
            return isGiven || field.IsRequired;
        var what =
            $"Expected variable \"{variable}\" provided to field \"{field.Name}\" for OneOf Input Object type \"{type}\"";
        if (!isGiven)
            Report($"{what} to provide a runtime value.", value, path);
        else if (known is null)
            Report($"{what} not to be null.", value, path);
        return true;
    }

    private void Validate(ValueNode value, LeafType type, ValuePath? path)
    {
        var constant = variables is null ? WithoutVariables(value) : Literals.Replace(value, variables);
        if (type.ReadLiteral(constant, out _) is not { } problem)
            return;
        if (type is EnumType names && !hideSuggestions)
        {
            problem += Suggestions.DidYouMean(
                "the enum value ",
                Suggestions.Like(value.ToString(), names.Values.Select(name => name.Name))
            );
        }
        Report(problem, value, path);
    }

    private void ReportUnknown(ObjectFieldNode field, ObjectValueNode value, InputObjectType type, ValuePath? path)
    {
        var suggestion = hideSuggestions
            ? ""
            : Suggestions.DidYouMean(field.Name.Value, type.Fields.Select(known => known.Name));
        var found = suggestion.Length > 0 ? $".{suggestion} Found" : ", found";
        report(
            GraphQLError.At(
                $"Expected value of type \"{type}\" not to include unknown field \"{field.Name}\"{found}: {value}.",
                field.Location
            ),
            path
        );
    }

    internal static string OneOfMessage(InputObjectType type) =>
        $"Within OneOf Input Object type \"{type}\", exactly one field must be specified, and the value for that field must be non-null.";

    private static ObjectFieldNode? FindLast(ObjectValueNode value, string name)
    {
        for (var number = value.Fields.Length - 1; number >= 0; number--)
        {
            if (value.Fields[number].Name.Value == name)
                return value.Fields[number];
        }
        return null;
    }

    /// <summary>A list or an object given to a scalar may have variables inside, whose values nobody knows yet.</summary>
    private static ValueNode WithoutVariables(ValueNode value) =>
        value switch
        {
            VariableNode => new NullValueNode { Location = value.Location },
            ListValueNode list => list with { Values = [.. list.Values.Select(WithoutVariables)] },
            ObjectValueNode fields => fields with
            {
                Fields =
                [
                    .. fields
                        .Fields.Where(field => field.Value is not VariableNode)
                        .Select(field => field with { Value = WithoutVariables(field.Value) }),
                ],
            },
            _ => value,
        };

    private void Report(string message, ValueNode value, ValuePath? path) =>
        report(GraphQLError.At(message, value.Location), path);
}
