using EventPipeline.GraphQL.Limits;

namespace EventPipeline.GraphQL.Execution;

/// <summary>What is refused before it is executed, or when more was found than expected.</summary>
internal sealed partial class OperationRun
{
    private readonly int maximumObjects =
        options.Limits is { } limits && !request.IsTrusted ? limits.MaximumObjects : int.MaxValue;
    private int objectCount;

    /// <summary>Says that execution found more than it may, and was not gone on with; null if it did not.</summary>
    public GraphQLError? TooLarge() =>
        Volatile.Read(ref objectCount) <= maximumObjects
            ? null
            : GraphQLError.WithCode(
                $"The response would have more than the allowed {maximumObjects} objects. Ask for shorter lists or fewer objects.",
                "COST_LIMIT_EXCEEDED",
                ("maximum", maximumObjects)
            );

    /// <summary>Says that the operation costs more than it may; null if it does not.</summary>
    public GraphQLError? TooExpensive()
    {
        if (options.Limits is not { } limits || double.IsInfinity(limits.MaximumCost) || request.IsTrusted)
            return null;
        var cost = Cost(limits);
        if (cost <= limits.MaximumCost)
            return null;
        return double.IsInfinity(cost)
            ? GraphQLError.WithCode(
                $"The operation selects too many fields to say what it costs; {limits.MaximumCost} are allowed.",
                "COST_LIMIT_EXCEEDED",
                ("maximum", limits.MaximumCost)
            )
            : GraphQLError.WithCode(
                $"The operation may cost {cost}, which is more than the allowed {limits.MaximumCost}. Ask for shorter lists or fewer objects.",
                "COST_LIMIT_EXCEEDED",
                ("found", cost),
                ("maximum", limits.MaximumCost)
            );
    }

    /// <summary>Counts an object; whether there may be another one.</summary>
    private bool Count() =>
        maximumObjects == int.MaxValue
        || (
            Volatile.Read(ref objectCount) <= maximumObjects && Interlocked.Increment(ref objectCount) <= maximumObjects
        );

    private double Cost(OperationLimits limits)
    {
        if (operation.ConstantCost is { } known)
            return known;
        if (Schema.Root(operation.Operation.Kind) is not { } root)
            return 0;
        try
        {
            var analysis = new CostAnalysis(Schema, Collector, variables, limits);
            var cost = analysis.CostOf(operation.Root(root, Collector));
            if (operation.HasConstantSelection && !analysis.DependsOnVariables)
                operation.ConstantCost = cost;
            return cost;
        }
        catch (LocatedErrorException)
        {
            return 0; // execution will say it
        }
        catch (InsufficientExecutionStackException)
        {
            return double.PositiveInfinity;
        }
    }
}
