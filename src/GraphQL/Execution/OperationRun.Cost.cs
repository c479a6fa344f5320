using EventPipeline.GraphQL.Limits;

namespace EventPipeline.GraphQL.Execution;

/// <summary>What is refused before it is executed.</summary>
internal sealed partial class OperationRun
{
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
