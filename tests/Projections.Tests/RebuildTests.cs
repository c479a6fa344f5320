using EventPipeline.EventStore;

namespace EventPipeline.Projections.Tests;

/// <summary>Promise: read models equal the fold of the streams, and a rebuild gives the same rows.</summary>
public sealed class RebuildTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_rebuild_beside_the_running_follower_gives_the_same_rows()
    {
        await using var models = await ReadModelsFixture.CreateAsync();
        models.Follow();
        await AppendInterleavedAsync(models, Enumerable.Range(0, 20));
        var appending = AppendInterleavedAsync(models, Enumerable.Range(20, 20));

        var count = await models.ReadModels.RebuildAsync(Cancellation);

        await models.CaughtUpAsync(await appending);
        var rebuilt = await models.DumpAsync("read");
        await models.ReadModels.RebuildAsync(Cancellation);
        (await models.DumpAsync("read")).ShouldBe(rebuilt);
        rebuilt.Count.ShouldBeGreaterThan(1000);
        count.ShouldBeGreaterThan(0);
        (await models.DumpAsync("read_rebuild")).ShouldBeEmpty();

        foreach (var number in Enumerable.Range(0, 40))
        {
            var history = History.Random(number);
            var job = await models.ReadModels.Jobs.FindAsync(history.JobId, Cancellation);
            job!.Version.ShouldBe(history.Events.Count());
            job.Status.ShouldBe(Fold(history).Status);
        }

        // And the follower goes on in the new tables.
        var last = new History(99).Complete();
        await models.CaughtUpAsync(await models.AppendAsync(last));
        (await models.ReadModels.Jobs.FindAsync(last.JobId, Cancellation))!.Progress.ShouldBe(100);
    }

    [Fact]
    public async Task The_rows_do_not_depend_on_how_the_log_is_cut_into_pages()
    {
        await using var models = await ReadModelsFixture.CreateAsync();
        var end = await AppendInterleavedAsync(models, Enumerable.Range(0, 12));
        IReadOnlyList<string>? expected = null;
        foreach (var pageSize in (int[])[1000, 1, 7, 64])
        {
            var schema = $"pages_of_{pageSize}";
            await models.ReadModels.CreateTablesAsync(schema, Cancellation);
            using var stop = new CancellationTokenSource();
            var follower = models.ReadModels.CreateFollower(schema, schema, pageSize);
            var following = follower.RunAsync(stop.Token);
            (
                await new Checkpoints(models.Log).WaitForAsync(schema, end, ReadModelsFixture.Deadline, Cancellation)
            ).ShouldBeTrue();
            await stop.CancelAsync();
            await following;
            var rows = await models.DumpAsync(schema);
            rows.ShouldNotBeEmpty();
            rows.ShouldBe(expected ??= rows, $"pages of {pageSize}");
        }
    }

    private static Jobs.JobRow Fold(History history) =>
        history.Events.Aggregate((Jobs.JobRow?)null, Jobs.JobProjection.Evolve)!;

    /// <summary>Appends whole histories in short pieces, in turn, so that the streams lie between each other. Some videos are deleted while
    /// their jobs go on.</summary>
    private static async Task<Position> AppendInterleavedAsync(ReadModelsFixture models, IEnumerable<int> numbers)
    {
        var random = new Random(1);
        var open = numbers.Select(History.Random).Select(it => (it.JobId, it.VideoId, it.New, Done: 0)).ToList();
        var toDelete = open.Select(it => it.VideoId).Distinct().Where((_, index) => index % 3 == 0).ToHashSet();
        foreach (var registered in open.Select(it => it.VideoId).Distinct())
            await models.AppendAsync(History.Registered(registered));
        var last = Position.Start;
        while (open.Count > 0)
        {
            var at = random.Next(open.Count);
            var (id, video, events, done) = open[at];
            var count = Math.Min(random.Next(1, 12), events.Count - done);
            last = await models.AppendAsync(new StreamAppend(id, "job", done, [.. events.Skip(done).Take(count)]));
            if (toDelete.Remove(video))
                last = await models.AppendAsync(History.Deleted(video));
            if (done + count == events.Count)
                open.RemoveAt(at);
            else
                open[at] = (id, video, events, done + count);
        }
        return last;
    }
}
