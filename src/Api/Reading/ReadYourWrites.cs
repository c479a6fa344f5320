using EventPipeline.EventStore;
using EventPipeline.GraphQL.Execution;
using EventPipeline.Projections;

namespace EventPipeline.Api.Reading;

/// <summary>Read your writes: queries take the positions that mutations gave, and answer when the read models have them.</summary>
public static class ReadYourWrites
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Waits until the read models have everything up to some positions, at most ten seconds.</summary>
    /// <exception cref="GraphQLException">They have not by then.</exception>
    public static async ValueTask ReflectAsync(
        this ReadModels readModels,
        IReadOnlyList<Position>? positions,
        CancellationToken cancellation
    )
    {
        if (positions is not { Count: > 0 })
            return;
        if (!await readModels.WaitForAsync(positions.Max(), Patience, cancellation))
        {
            throw new GraphQLException(
                $"The read models did not reach {positions.Max()} within {Patience.TotalSeconds} s; ask again later."
            )
            {
                Extensions = new Dictionary<string, object?>(StringComparer.Ordinal)
                {
                    ["code"] = "READ_MODELS_BEHIND",
                },
            };
        }
    }
}
