using EventPipeline.EventStore;
using Npgsql;

namespace EventPipeline.Projections;

/// <summary>Builds the read models in a schema of its own and swaps it in. The live follower may run all the while: at the swap its
/// checkpoint's row is locked, which holds it off before it writes; the new tables are brought up to that checkpoint; and what the
/// follower then writes goes, by name, into the new tables, as the next page would have.</summary>
internal sealed class Rebuild(NpgsqlDataSource dataSource, EventLog log, Checkpoints checkpoints, ReadModels models)
{
    private readonly string name = models.FollowerName + "-rebuild";
    private readonly string schema = models.Schema + "_rebuild";
    private readonly string replaced = models.Schema + "_replaced";

    public async Task<long> RunAsync(CancellationToken cancellation)
    {
        await models.EnsureSchemaAsync(cancellation);
        await checkpoints.ResetAsync(
            name,
            Position.Start,
            cancellation,
            [
                new NpgsqlBatchCommand($"drop schema if exists {schema} cascade"),
                new NpgsqlBatchCommand($"drop schema if exists {replaced} cascade"),
            ]
        );
        await models.CreateTablesAsync(schema, cancellation);
        var follower = models.CreateFollower(name, schema);
        await FollowToAsync(follower, await log.EndAsync(cancellation), cancellation);

        await checkpoints.HoldAsync(
            models.FollowerName,
            async (connection, live) =>
            {
                await FollowToAsync(follower, live, cancellation);
                await SwapAsync(connection, cancellation);
                return Position.Max(live, follower.Status.Checkpoint);
            },
            cancellation
        );
        // Not in that transaction: a reader with several queries could wait for one table and be waited for at another.
        await ExecuteAsync($"drop schema if exists {replaced} cascade", cancellation);
        return follower.Status.EventsHandled;
    }

    private async Task SwapAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var swap = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new NpgsqlBatchCommand($"alter schema {models.Schema} rename to {replaced}"),
                new NpgsqlBatchCommand($"alter schema {schema} rename to {models.Schema}"),
            },
        };
        await swap.ExecuteNonQueryAsync(cancellation);
    }

    private async Task ExecuteAsync(string text, CancellationToken cancellation)
    {
        await using var command = dataSource.CreateCommand(text);
        await command.ExecuteNonQueryAsync(cancellation);
    }

    private static async Task FollowToAsync(Follower follower, Position end, CancellationToken cancellation)
    {
        if (follower.Status.Checkpoint >= end)
            return;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var running = follower.RunAsync(stop.Token);
        while (follower.Status.Checkpoint < end && !running.IsCompleted)
            await Task.WhenAny(running, Task.Delay(2, cancellation));
        await stop.CancelAsync();
        await running;
        cancellation.ThrowIfCancellationRequested();
    }
}
