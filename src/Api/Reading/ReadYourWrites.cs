using EventPipeline.EventStore;
using EventPipeline.GraphQL.Execution;
using EventPipeline.GraphQL.Types;
using EventPipeline.Projections;

namespace EventPipeline.Api.Reading;

/// <summary>Read your writes: queries take the positions that mutations gave, and answer when the read models have them.</summary>
public static class ReadYourWrites
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Waits until the read models have everything up to some positions, at most ten seconds. What other fields loaded before is not taken
    /// for the answer.</summary>
    /// <exception cref="GraphQLException">They have not by then.</exception>
    public static async ValueTask ReflectAsync(
        this ReadModels readModels,
        IReadOnlyList<Position>? positions,
        IRequestContext context
    )
    {
        if (positions is not { Count: > 0 })
            return;
        if (!await readModels.WaitForAsync(positions.Max(), Patience, context.Cancellation))
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
        context.Loaders.Forget();
    }
}
