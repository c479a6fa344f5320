using EventPipeline.Contracts;

namespace EventPipeline.Projections;

/// <summary>How something was made.</summary>
/// <param name="ModelId">Engine and model.</param>
/// <param name="OutputHash">Of the attempt's output document.</param>
public sealed record Provenance(
    string Stage,
    string Item,
    string StageVersion,
    int Attempt,
    string? ModelId,
    string? WeightsVersion,
    string InputHash,
    string? OutputHash,
    string WorkerId
)
{
    internal static Provenance? Of(EventHeaders headers) =>
        headers.Metering is { } it
            ? new Provenance(
                it.Stage,
                it.Item,
                it.StageVersion,
                it.Attempt,
                it.ModelId,
                it.WeightsVersion,
                it.InputHash,
                it.OutputHash,
                it.WorkerId
            )
            : null;
}
