using EventPipeline.Contracts;

namespace EventPipeline.Projections;

/// <summary>How something was made.</summary>
/// <param name="Stage">The stage that made it.</param>
/// <param name="Item">The unit of the stage.</param>
/// <param name="StageVersion">Of the stage's code.</param>
/// <param name="Attempt">From 1.</param>
/// <param name="ModelId">Engine and model.</param>
/// <param name="WeightsVersion">Of the weights that the highlights were chosen by.</param>
/// <param name="InputHash">Of what the attempt was given.</param>
/// <param name="OutputHash">Of the attempt's output document.</param>
/// <param name="WorkerId">The node that made it.</param>
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
