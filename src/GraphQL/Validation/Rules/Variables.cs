using EventPipeline.GraphQL.Language;

namespace EventPipeline.GraphQL.Validation.Rules;

/// <summary>Variables that are used are defined.</summary>
internal sealed class NoUndefinedVariables(ValidationContext context) : Rule(context)
{
    public static RuleDescription Description { get; } =
        new(Moments.Operation, static context => new NoUndefinedVariables(context));

    public override void Enter(OperationNode operation)
    {
        foreach (var usage in Context.Variables.Of(operation))
        {
            var name = usage.Node.Name.Value;
            if (VariableDefinitions.Find(operation, name) is null)
            {
                Context.Report(
                    operation.Name is { } by
                        ? $"Variable \"${name}\" is not defined by operation \"{by}\"."
                        : $"Variable \"${name}\" is not defined.",
                    usage.Node.Location,
                    operation.Location
                );
            }
        }
    }
}

/// <summary>Variables that are defined are used.</summary>
internal sealed class NoUnusedVariables(ValidationContext context) : Rule(context)
{
    public static RuleDescription Description { get; } =
        new(Moments.Operation, static context => new NoUnusedVariables(context));

    public override void Enter(OperationNode operation)
    {
        if (operation.Variables.IsEmpty)
            return;
        var used = new HashSet<string>(StringComparer.Ordinal);
        foreach (var usage in Context.Variables.Of(operation))
            used.Add(usage.Node.Name.Value);
        foreach (var variable in operation.Variables)
        {
            if (!used.Contains(variable.Name))
            {
                Context.Report(
                    operation.Name is { } by
                        ? $"Variable \"${variable.Name}\" is never used in operation \"{by}\"."
                        : $"Variable \"${variable.Name}\" is never used.",
                    variable.Location
                );
            }
        }
    }
}

/// <summary>Variables are used where a value of their type may stand.</summary>
internal sealed class VariablesInAllowedPosition(ValidationContext context) : Rule(context)
{
    public static RuleDescription Description { get; } =
        new(Moments.OperationEnd, static context => new VariablesInAllowedPosition(context));

    public override void Leave(OperationNode operation)
    {
        foreach (var usage in Context.Variables.Of(operation))
        {
            if (usage.Type is not { } expected)
                continue;
            if (VariableDefinitions.Find(operation, usage.Node.Name.Value) is { } variable)
                Check(variable, usage, expected);
        }
    }

    private void Check(VariableDefinitionNode variable, VariableUsage usage, Types.GraphQLType expected)
    {
        var type = Context.Schema.Find(variable.Type);
        if (type is not null && !IsAllowed(variable, type, expected, usage.HasDefault))
        {
            Context.Report(
                $"Variable \"${variable.Name}\" of type \"{type}\" used in position expecting type \"{expected}\".",
                variable.Location,
                usage.Node.Location
            );
        }
        if (
            usage.ParentType is Types.InputObjectType { IsOneOf: true } parent
            && type is not (null or Types.NonNullType)
        )
        {
            Context.Report(
                $"Variable \"${variable.Name}\" is of type \"{type}\" but must be non-nullable to be used for OneOf Input Object \"{parent}\".",
                variable.Location,
                usage.Node.Location
            );
        }
    }

    /// <summary>A variable that allows null may stand where null is not allowed if a default takes its place.</summary>
    private bool IsAllowed(
        VariableDefinitionNode variable,
        Types.GraphQLType type,
        Types.GraphQLType expected,
        bool hasDefault
    )
    {
        if (expected is not Types.NonNullType || type is Types.NonNullType)
            return Types.TypeRelations.IsSubtype(Context.Schema, type, expected);
        return (hasDefault || variable.DefaultValue is not (null or NullValueNode))
            && Types.TypeRelations.IsSubtype(Context.Schema, type, expected.Nullable);
    }
}

internal static class VariableDefinitions
{
    /// <summary>The definition of a variable, the last one if there are several.</summary>
    public static VariableDefinitionNode? Find(OperationNode operation, string name)
    {
        for (var number = operation.Variables.Length - 1; number >= 0; number--)
        {
            if (operation.Variables[number].Name == name)
                return operation.Variables[number];
        }
        return null;
    }
}
