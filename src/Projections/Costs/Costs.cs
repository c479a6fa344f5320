using EventPipeline.Contracts;
using EventPipeline.Projections.Projecting;

namespace EventPipeline.Projections.Costs;

/// <summary>An entry of the ledger: what one attempt used, whether it succeeded or failed.</summary>
/// <param name="Version">Of the event that told it.</param>
/// <param name="CostMicros">Outside calls, millionths of a US dollar.</param>
/// <param name="Seconds">From the attempt's start to its end.</param>
public sealed record CostRow(
    Guid JobId,
    long Version,
    string Stage,
    string Item,
    int Attempt,
    bool Succeeded,
    long CostMicros,
    double Seconds,
    double CpuSeconds,
    double MediaSeconds,
    string? ModelId,
    string? PriceVersion
);

/// <summary>What all attempts of a job, or of one of its stages, used together.</summary>
/// <param name="Attempts">How many there were.</param>
/// <param name="CostMicros">Outside calls, millionths of a US dollar.</param>
/// <param name="Seconds">From the starts of attempts to their ends.</param>
/// <param name="CpuSeconds">Processor time.</param>
public sealed record CostSum(int Attempts, long CostMicros, double Seconds, double CpuSeconds)
{
    /// <summary>Of entries of the ledger.</summary>
    public static CostSum Of(IReadOnlyCollection<CostRow> entries) =>
        new(
            entries.Count,
            entries.Sum(entry => entry.CostMicros),
            entries.Sum(entry => entry.Seconds),
            entries.Sum(entry => entry.CpuSeconds)
        );
}

internal static class CostProjection
{
    public static readonly RowsPerEvent<CostRow> Projection = new(
        new Table<CostRow>(
            "costs",
            "job_id, version",
            row => (row.JobId, row.Version),
            """
            job_id uuid, version bigint, stage text, item text, attempt integer, succeeded boolean, cost_micros bigint,
            seconds double precision, cpu_seconds double precision, media_seconds double precision, model_id text, price_version text
            """
        ),
        // The facts of an outcome carry the same metering: it is counted once, where the outcome itself is told.
        @event =>
            @event is { Data: StageSucceeded or StageFailed, Headers.Metering: { } metering }
                ? [Row(@event, metering)]
                : []
    )
    {
        IsRecord = true,
    };

    private static CostRow Row(ProjectedEvent @event, StageMetering it) =>
        new(
            @event.StreamId,
            @event.Version,
            it.Stage,
            it.Item,
            it.Attempt,
            @event.Data is StageSucceeded,
            it.CostMicros,
            (it.FinishedAt - it.StartedAt).TotalSeconds,
            it.CpuSeconds,
            it.MediaSeconds,
            it.ModelId,
            it.PriceVersion
        );
}
