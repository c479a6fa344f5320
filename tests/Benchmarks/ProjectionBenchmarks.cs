using EventPipeline.EventStore;
using EventPipeline.Projections.Projecting;
using Npgsql;
using Rows = EventPipeline.Projections.Projecting.Rows;

namespace EventPipeline.Benchmarks;

/// <summary>Projecting 100,000 events of 10,000 streams from the start of the log, checkpoints included: as a follower that catches up does
/// it, and as a rebuild does it.</summary>
internal static class ProjectionBenchmarks
{
    private const int Streams = 10_000;
    private const int EventsEach = 10;

    /// <param name="adjacent">An empty database.</param>
    /// <param name="interleaved">Another one.</param>
    internal static async Task<IReadOnlyList<BenchmarkResult>> RunAsync(
        string adjacent,
        string interleaved,
        CancellationToken cancellation
    ) =>
        [
            await MeasureAsync(adjacent, isInterleaved: false, 100_000, cancellation),
            await MeasureAsync(interleaved, isInterleaved: true, 40_000, cancellation),
        ];

    private static async Task<BenchmarkResult> MeasureAsync(
        string connectionString,
        bool isInterleaved,
        double budget,
        CancellationToken cancellation
    )
    {
        await using var dataSource = EventLogDataSource.Create(connectionString);
        var log = new EventLog(dataSource, new EventLogOptions());
        await log.EnsureSchemaAsync(cancellation);
        await EventLogBenchmarks.FillAsync(dataSource, log, Streams, EventsEach, isInterleaved, cancellation);
        var rates = new List<double>();
        for (var round = 0; round < 4; round++)
        {
            var projection = CreateProjection();
            var reader = new EventReader();
            await ExecuteAsync(
                dataSource,
                $"create schema round_{round}; {projection.Definition($"round_{round}")}",
                cancellation
            );
            var rows = new Rows(dataSource, $"round_{round}");
            rates.Add(
                await EventLogBenchmarks.FollowRateAsync(
                    log,
                    $"round-{round}",
                    (page, token) =>
                        projection.ProjectAsync([.. page.Select(stored => reader.Read(stored)!)], rows, token),
                    cancellation
                )
            );
            await CheckAsync(dataSource, $"round_{round}", cancellation);
        }
        return BenchmarkResult.AtLeast(
            $"project, one row per stream, {(isInterleaved ? "interleaved" : "adjacent")} streams",
            EventLogBenchmarks.Median([.. rates.Skip(1)]),
            "events/s",
            budget
        );
    }

    private static RowPerStream<Tally> CreateProjection() =>
        new(
            new Table<Tally>(
                "tallies",
                "id",
                row => row.Id,
                "id uuid, version bigint, stages integer, last_item text, changed_at timestamptz"
            ),
            _ => true,
            (row, @event) =>
                new Tally(
                    @event.StreamId,
                    @event.Version,
                    (row?.Stages ?? 0) + 1,
                    ((Contracts.StageSucceeded)@event.Data).Item,
                    @event.Timestamp
                ),
            isKept: _ => true
        );

    private static async Task CheckAsync(NpgsqlDataSource dataSource, string schema, CancellationToken cancellation)
    {
        await using var command = dataSource.CreateCommand(
            $"select count(*) from {schema}.tallies where stages = {EventsEach} and version = {EventsEach}"
        );
        if ((long)(await command.ExecuteScalarAsync(cancellation))! != Streams)
            throw new InvalidOperationException("The projection is wrong, so its speed means nothing.");
    }

    private static async Task ExecuteAsync(NpgsqlDataSource dataSource, string text, CancellationToken cancellation)
    {
        await using var command = dataSource.CreateCommand(text);
        await command.ExecuteNonQueryAsync(cancellation);
    }

    private sealed record Tally(Guid Id, long Version, int Stages, string LastItem, DateTimeOffset ChangedAt)
        : IStreamRow;
}
