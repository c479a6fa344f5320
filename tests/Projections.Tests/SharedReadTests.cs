using System.Text.Json;
using EventPipeline.EventStore;
using EventPipeline.Projections.Jobs;
using EventPipeline.Projections.Projecting;

namespace EventPipeline.Projections.Tests;

/// <summary>Questions share statements and round trips with whatever else is asked at the time; who asks does not notice.</summary>
public sealed class SharedReadTests
{
    private const int Jobs = 8;
    private const int Askers = 400;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_of_many_who_ask_at_once_gets_what_it_asked_for()
    {
        await using var models = await ReadModelsFixture.CreateAsync();
        var jobs = await CompleteAsync(models);

        var asking = Enumerable.Range(0, Askers).Select(it => Task.Run(() => AskAsync(jobs[it % Jobs])));
        var answers = await Task.WhenAll(asking);

        for (var asker = 0; asker < Askers; asker++)
            answers[asker].ShouldBe((jobs[asker % Jobs], "Welcome", jobs[asker % Jobs]));

        async Task<(Guid, string, Guid)> AskAsync(Guid job)
        {
            var (found, highlights, page) = (
                models.ReadModels.Jobs.FindAllAsync([Guid.CreateVersion7(), job], Cancellation),
                models.ReadModels.Findings.HighlightsAsync([job, job], Cancellation),
                PageAsync(models, jobs.IndexOf(job))
            );
            return (
                (await found).Keys.ShouldHaveSingleItem(),
                (await highlights)[job].ShouldHaveSingleItem().Title,
                (await page).ShouldHaveSingleItem().Id
            );
        }
    }

    [Fact]
    public async Task A_row_that_cannot_be_read_fails_only_those_who_ask_for_it()
    {
        await using var models = await ReadModelsFixture.CreateAsync();
        var jobs = await CompleteAsync(models);
        await using (var spoil = models.DataSource.CreateCommand("update read.jobs set failure = '1' where id = $1"))
        {
            spoil.Parameters.Add(new() { Value = jobs[0] });
            await spoil.ExecuteNonQueryAsync(Cancellation);
        }

        var asking = Enumerable
            .Range(0, Askers)
            .Select(it => (FindAsync(models, jobs[it % Jobs], Cancellation), PageAsync(models, it % Jobs)))
            .ToArray();

        for (var asker = 0; asker < Askers; asker++)
        {
            var (found, page) = asking[asker];
            if (asker % Jobs == 0)
            {
                await Should.ThrowAsync<JsonException>(found);
                await Should.ThrowAsync<JsonException>(page);
            }
            else
            {
                (await found).Keys.ShouldBe([jobs[asker % Jobs]]);
                (await page).ShouldHaveSingleItem().Id.ShouldBe(jobs[asker % Jobs]);
            }
        }
    }

    [Fact]
    public async Task Who_leaves_takes_nothing_from_others()
    {
        await using var models = await ReadModelsFixture.CreateAsync();
        var jobs = await CompleteAsync(models);
        using var left = new CancellationTokenSource();

        var asking = Enumerable
            .Range(0, Askers)
            .Select(it => FindAsync(models, jobs[it % Jobs], it % 2 == 0 ? left.Token : Cancellation))
            .ToArray();
        await left.CancelAsync();

        for (var asker = 1; asker < Askers; asker += 2)
            (await asking[asker]).Keys.ShouldBe([jobs[asker % Jobs]]);
        await Should.ThrowAsync<OperationCanceledException>(FindAsync(models, jobs[0], left.Token));
    }

    private static Task<IReadOnlyDictionary<Guid, JobHeader>> FindAsync(
        ReadModelsFixture models,
        Guid job,
        CancellationToken cancellation
    ) => models.ReadModels.Jobs.FindAllAsync([job], cancellation);

    private static Task<IReadOnlyList<JobHeader>> PageAsync(ReadModelsFixture models, int owner) =>
        models.ReadModels.Jobs.PageAsync(
            new JobSearch($"owner {owner}"),
            newestFirst: true,
            new KeyRange<TimeKey>(null, null, IsBackward: false, Limit: 10),
            Cancellation
        );

    /// <returns>A job of each owner.</returns>
    private static async Task<List<Guid>> CompleteAsync(ReadModelsFixture models)
    {
        models.Follow();
        History[] all = [.. Enumerable.Range(0, Jobs).Select(it => new History(it, owner: $"owner {it}").Complete())];
        await models.CaughtUpAsync(
            await models.AppendAsync([.. all.Select(it => new StreamAppend(it.JobId, "job", 0, it.New))])
        );
        return [.. all.Select(it => it.JobId)];
    }
}
