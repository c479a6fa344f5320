using EventPipeline.Api.Jobs;
using EventPipeline.GraphQL.Annotations;
using EventPipeline.GraphQL.DataLoaders;
using EventPipeline.Projections;
using EventPipeline.Projections.Costs;

namespace EventPipeline.Api.Operations;

/// <summary>What a job used.</summary>
/// <param name="Total">All attempts together.</param>
/// <param name="Entries">Each attempt, in the order of their ends.</param>
public sealed record JobCosts(CostSum Total, [property: ListSize(20)] IEnumerable<JobCost> Entries);

/// <summary>What an attempt used, whether it succeeded or failed.</summary>
public sealed record JobCost([property: GraphQLIgnore] CostRow Row)
{
    /// <summary>The stage.</summary>
    public string Stage => Row.Stage;

    /// <summary>The unit that the stage worked on.</summary>
    public string Item => Row.Item;

    /// <summary>Its number, from 1.</summary>
    public int Attempt => Row.Attempt;

    /// <summary>Whether it succeeded.</summary>
    public bool HasSucceeded => Row.Succeeded;

    /// <summary>Calls of services outside, in millionths of a US dollar.</summary>
    public long CostMicros => Row.CostMicros;

    /// <summary>From its start to its end.</summary>
    public double Seconds => Row.Seconds;

    /// <summary>Processor time.</summary>
    public double CpuSeconds => Row.CpuSeconds;

    /// <summary>How much of the video it was about.</summary>
    public double MediaSeconds => Row.MediaSeconds;

    /// <summary>The engine and its model; null if it had none.</summary>
    public string? ModelId => Row.ModelId;
}

/// <summary>What jobs used.</summary>
[ExtendObjectType<Job>]
public static class CostFields
{
    /// <summary>What it used so far.</summary>
    public static async Task<JobCosts> GetCostsAsync([Parent] Job job, IDataLoader<Guid, CostRow[]> costsOfJob)
    {
        CostRow[] rows = [.. (job.Then?.Costs ?? await costsOfJob.LoadAsync(job.Id))!];
        return new JobCosts(CostSum.Of(rows), rows.Select(row => new JobCost(row)));
    }

    /// <summary>One query for all jobs of a list.</summary>
    [DataLoader]
    public static Task<ILookup<Guid, CostRow>> GetCostsOfJobAsync(
        IReadOnlyList<Guid> jobs,
        FindingQueries findings,
        CancellationToken cancellation
    ) => findings.CostsAsync(jobs, cancellation);
}
