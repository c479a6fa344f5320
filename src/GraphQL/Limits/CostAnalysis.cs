using System.Runtime.CompilerServices;
using EventPipeline.GraphQL.Execution;
using EventPipeline.GraphQL.Language;
using EventPipeline.GraphQL.Types;
using EventPipeline.GraphQL.Values;

namespace EventPipeline.GraphQL.Limits;

/// <summary>What an operation may cost at most, before it is executed: one for each object, as many as lists may have, and what fields
/// cost by themselves. It follows the plan of execution, so that a field that is selected twice counts once.</summary>
internal sealed class CostAnalysis(
    Schema schema,
    FieldCollector collector,
    VariableValues variables,
    OperationLimits limits
)
{
    // Fields may be free, so that cost alone does not end this.
    private const int MaximumFields = 100_000;

    private int fieldCount;

    /// <summary>Whether another client's variables may lead to another cost.</summary>
    public bool DependsOnVariables { get; private set; }

    /// <summary>The cost; infinite if there are too many fields to count.</summary>
    /// <exception cref="LocatedErrorException">A condition has no value.</exception>
    public double CostOf(FieldSet fields) => CostOf(fields, null, 0);

    private double CostOf(FieldSet fields, ListSize? around, double sizeAround)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        fieldCount += fields.Groups.Length;
        if (fieldCount > MaximumFields)
            return double.PositiveInfinity;
        var sum = 0.0;
        foreach (var group in fields.Groups)
        {
            var isSized = around?.SizedFields.Contains(group.Field.Name) == true;
            sum += CostOf(group, isSized ? sizeAround : null);
        }
        return sum;
    }

    private double CostOf(FieldGroup group, double? givenSize)
    {
        var field = group.Field;
        var own = field.Cost + group.Nodes[0].Arguments.Sum(it => field.Arguments.Find(it.Name.Value)?.Cost ?? 0);
        if (field.Type.Named is not CompositeType type || type.Name.StartsWith("__", StringComparison.Ordinal))
            return own;
        var size = SizeOf(group, givenSize);
        var count = field.Type.Nullable is ListType ? size : 1;
        if (count == 0)
            return own;
        var ofOne = schema
            .PossibleTypes(type)
            .Select(possible => CostOf(group.Selection(possible, collector), field.ListSize, size))
            .DefaultIfEmpty(0)
            .Max();
        return own + count * (1 + ofOne);
    }

    private double SizeOf(FieldGroup group, double? givenSize)
    {
        if (givenSize is { } given)
            return given;
        if (group.Field.ListSize is not { } listSize)
            return limits.ExpectedListSize;
        if (
            group
                .Nodes[0]
                .Arguments.Any(it => it.Value is VariableNode && listSize.SlicingArguments.Contains(it.Name.Value))
        )
            DependsOnVariables = true;
        var asked = Arguments(group)
            .Where(argument => listSize.SlicingArguments.Contains(argument.Key))
            .Select(argument => SizeOf(argument.Value))
            .OfType<double>()
            .DefaultIfEmpty(listSize.AssumedSize ?? limits.ExpectedListSize);
        return Math.Min(asked.Max(), listSize.MaximumSize ?? double.PositiveInfinity);
    }

    /// <summary>What a number or a list of keys asks for; null if it says nothing.</summary>
    private static double? SizeOf(object? argument) =>
        argument switch
        {
            int size => Math.Max(size, 0),
            object?[] keys => keys.Length,
            _ => null,
        };

    private IReadOnlyDictionary<string, object?> Arguments(FieldGroup group)
    {
        try
        {
            return group.Arguments(variables);
        }
        catch (LocatedErrorException)
        {
            DependsOnVariables = true;
            return new Dictionary<string, object?>(); // execution will say it
        }
    }
}
