namespace EventPipeline.Contracts;

/// <summary>What is recorded with every event beside its data (<c>mt_events.headers</c>).</summary>
/// <param name="Actor">Who caused it: <c>user:ID</c>, <c>coordinator</c>, or <c>worker:ID</c>.</param>
/// <param name="TraceParent">W3C trace context, if there was one.</param>
/// <param name="Metering">For what a stage's outcome brought; null otherwise.</param>
public sealed record EventHeaders(string Actor, string? TraceParent = null, StageMetering? Metering = null);

/// <summary>How an attempt was done and what it used, so that any fact can be asked where it came from and what it cost.</summary>
/// <param name="InputHash">SHA-256 over the stage's name and version, the source, the inputs, the item and the options.</param>
/// <param name="OutputHash">SHA-256 of the output document; null without one.</param>
/// <param name="ModelId">Engine and model that made the facts, for example <c>moonshine-base@0.1.16</c>.</param>
/// <param name="WeightsVersion">Version of the scoring weights, where a stage scores.</param>
/// <param name="PriceVersion">Version of the price list behind <paramref name="CostMicros"/>.</param>
/// <param name="CostMicros">Cost of outside calls in millionths of a US dollar.</param>
/// <param name="MediaSeconds">How much of the timeline was worked on.</param>
/// <param name="CpuSeconds">Processor time of the attempt, its child processes included.</param>
public sealed record StageMetering(
    string Stage,
    string Item,
    int Attempt,
    string StageVersion,
    string InputHash,
    string? OutputHash,
    string? ModelId,
    string? PromptVersion,
    string? PromptHash,
    string? WeightsVersion,
    string? PriceVersion,
    long CostMicros,
    double MediaSeconds,
    DateTimeOffset StartedAt,
    DateTimeOffset FinishedAt,
    double CpuSeconds,
    string WorkerId
);
