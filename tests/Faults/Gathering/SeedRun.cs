using System.Diagnostics;
using System.Security.Cryptography;
using EventPipeline.Contracts;
using EventPipeline.Domain.Videos;
using EventPipeline.Faults.Checking;
using EventPipeline.Faults.Injecting;
using EventPipeline.Faults.Installation;
using EventPipeline.Faults.Schedule;
using EventPipeline.Faults.Stages;
using Npgsql;

namespace EventPipeline.Faults.Gathering;

/// <summary>One seed on a running installation: its jobs and its faults at the same time, then peace, then the evidence.</summary>
internal sealed class SeedRun(
    RunningInstallation installation,
    int seed,
    IReadOnlyList<Fault>? schedule = null,
    IReadOnlyList<PlannedJob>? workload = null
)
{
    /// <summary>How long after the last fault everything has to be over.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    /// <summary>How long it may take afterwards until nothing is left behind.</summary>
    private static readonly TimeSpan TidyPatience = TimeSpan.FromSeconds(12);

    private const string Owner = "faults";

    private int endedBefore;

    private readonly TopicLog topics = new(installation.Broker.BootstrapServers, installation.Topics.Prefix);

    public async Task<Evidence> RunAsync()
    {
        await TinyVideo.GetAsync();
        await topics.BeginHereAsync();
        await using var log = await LogWatch.StartAsync(installation.DataSource);
        endedBefore = EndedByThemselves();
        var injector = new FaultInjector(installation, topics, seed);
        var began = Stopwatch.StartNew();
        var faults = (schedule ?? FaultSchedule.Of(seed)).Select(async fault =>
        {
            await UntilAsync(fault.At);
            return await injector.InflictAsync(fault);
        });
        var submitting = SubmitAllAsync();
        var windows = await Task.WhenAll(faults);
        var jobs = await submitting;
        await SettleAsync(log, jobs);
        return await GatherAsync(log, injector, jobs, windows);

        async Task UntilAsync(double at)
        {
            if (TimeSpan.FromSeconds(at) - began.Elapsed is var rest && rest > TimeSpan.Zero)
                await Task.Delay(rest);
        }

        async Task<IReadOnlyList<SubmittedJob>> SubmitAllAsync()
        {
            var submitted = new List<SubmittedJob>();
            foreach (var (planned, index) in (workload ?? Workload.Of(seed)).Select((job, index) => (job, index)))
            {
                await UntilAsync(planned.At);
                submitted.Add(await SubmitAsync(planned, index));
            }
            return submitted;
        }
    }

    /// <summary>As a client does: what fails is asked again, with the same ids.</summary>
    private async Task<SubmittedJob> SubmitAsync(PlannedJob planned, int index)
    {
        var jobId = Identifiers.Derive("faults", $"{seed}", $"job {index}");
        var videoId = Identifiers.Derive("faults", $"{seed}", $"video {index}");
        var bytes = planned.Pipeline == FaultPipelines.Rejected ? videoId.ToByteArray() : await TinyVideo.GetAsync();
        var source = new ArtifactReference(
            ObjectKeys.Source(videoId, ".mp4"),
            Convert.ToHexStringLower(SHA256.HashData(bytes)),
            bytes.Length,
            "video/mp4"
        );
        await installation.Objects.PutAsync(source.Key, bytes, source.ContentType, CancellationToken.None);
        var at = TimeProvider.System.GetUtcNow();
        while (true)
            try
            {
                var commands = installation.Commands;
                await commands.RegisterVideoAsync(
                    new RegisterVideo(videoId, Owner, "talk.mp4", source, Owner),
                    CancellationToken.None
                );
                var started = await commands.StartJobAsync(
                    jobId,
                    videoId,
                    planned.Pipeline,
                    new JobOptions(planned.Highlights),
                    JobPriority.Normal,
                    Owner,
                    CancellationToken.None
                );
                // A rejected job may have discarded its video before the answer to its submission arrived.
                if (started.Refusal is { } refusal && planned.Pipeline != FaultPipelines.Rejected)
                    throw new InvalidOperationException(refusal.Sentence);
                return new SubmittedJob(jobId, videoId, planned.Pipeline, at);
            }
            catch (Exception away) when (away is NpgsqlException or TimeoutException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100));
                at = TimeProvider.System.GetUtcNow();
            }
    }

    /// <summary>Waits until nothing more will happen by itself, or for so long that it is a violation, which the checker finds.</summary>
    private async Task SettleAsync(LogWatch log, IReadOnlyList<SubmittedJob> jobs)
    {
        await WaitAsync(Patience, async () => await HaveEndedAsync(log, jobs) && await IsAllReadAsync(log));
        // Attempts that ran when their job ended come to their end, and what they left is removed.
        await WaitAsync(TidyPatience, () => Task.FromResult(Leftovers().Count == 0));
        await WaitAsync(TidyPatience, async () => !await HasOrphansAsync(log, jobs) && await IsAllReadAsync(log));
        await WaitAsync(TidyPatience, async () => (await WaitingAsync()).Count == 0);
    }

    private static async Task WaitAsync(TimeSpan patience, Func<Task<bool>> condition)
    {
        for (var waited = Stopwatch.StartNew(); waited.Elapsed < patience; await Task.Delay(100))
            try
            {
                if (await condition())
                    return;
            }
            catch (Exception away) when (away is NpgsqlException or Confluent.Kafka.KafkaException)
            {
                // A connection that a fault broke; the next one is a new one.
            }
    }

    private static async Task<bool> HaveEndedAsync(LogWatch log, IReadOnlyList<SubmittedJob> jobs)
    {
        var ended = (await log.ReadAsync())
            .Where(entry => entry.Data is JobCompleted or JobFailed or JobCancelled)
            .Select(entry => entry.StreamId)
            .ToHashSet();
        return jobs.All(job => ended.Contains(job.JobId));
    }

    /// <summary>Whether all followers are past the last event there is: a transaction that a cut link left open hides the end of the log
    /// from followers, who then are where they can be and not at the end.</summary>
    private async Task<bool> IsAllReadAsync(LogWatch log)
    {
        var end = (await log.ReadAsync()).Max(entry => entry.Position);
        var checkpoints = await installation.Checkpoints.ReadAllAsync(CancellationToken.None);
        return checkpoints.GetValueOrDefault("coordinator.relay") >= end
            && checkpoints.GetValueOrDefault("read-models") >= end
            && (await BacklogsAsync()).Values.All(left => left == 0);
    }

    private async Task<bool> HasOrphansAsync(LogWatch log, IReadOnlyList<SubmittedJob> jobs) =>
        WholeObjects.Orphans(await FindObjectsAsync(jobs), await log.ReadAsync()).Any();

    private async Task<IReadOnlyList<Guid>> WaitingAsync()
    {
        await using var command = installation.DataSource.CreateCommand("select job_id from coordinator.waiting");
        await using var reader = await command.ExecuteReaderAsync();
        var jobs = new List<Guid>();
        while (await reader.ReadAsync())
            jobs.Add(reader.GetGuid(0));
        return jobs;
    }

    private int EndedByThemselves() => installation.Parts.Values.Sum(part => part.EndedByItself);

    private List<string> Leftovers() => [.. installation.Parts.Values.SelectMany(part => part.Workspaces())];

    private async Task<Dictionary<string, long>> BacklogsAsync()
    {
        var names = installation.Topics;
        var asked = FaultPipelines
            .StageNames.Select(stage => (Group: names.StageGroup(stage), Topic: names.Stage(stage)))
            .Append((Group: names.ResultsGroup, Topic: names.Results))
            .Select(async it => (it.Topic, Left: await installation.Administration.BacklogAsync(it.Group, it.Topic)));
        return (await Task.WhenAll(asked)).ToDictionary(it => it.Topic[names.Prefix.Length..], it => it.Left);
    }

    /// <summary>What nobody has read, also when an attempt that outlived its job told its late result a moment ago.</summary>
    private async Task<Dictionary<string, long>> LeftUnreadAsync()
    {
        Dictionary<string, long> left = [];
        await WaitAsync(
            TidyPatience,
            async () =>
            {
                left = await BacklogsAsync();
                return left.Values.All(count => count == 0);
            }
        );
        return left;
    }

    private async Task<Evidence> GatherAsync(
        LogWatch log,
        FaultInjector injector,
        IReadOnlyList<SubmittedJob> jobs,
        IReadOnlyList<FaultWindow> windows
    )
    {
        var endedAt = TimeProvider.System.GetUtcNow();
        var leftovers = Leftovers();
        var objects = await FindObjectsAsync(jobs);
        var streams = jobs.SelectMany(job => new[] { job.JobId, job.VideoId }).ToHashSet();
        var entries = (await log.ReadAsync()).Where(entry => streams.Contains(entry.StreamId)).ToList();
        var (kept, rebuilt) = await CompareReadModelsAsync(log);
        return new Evidence(
            jobs,
            entries,
            await topics.ReadAsync(),
            injector.WipedUpTo,
            objects,
            windows,
            kept,
            rebuilt,
            leftovers,
            injector.Garbage,
            EndedByThemselves() - endedBefore,
            await WaitingAsync(),
            await LeftUnreadAsync(),
            endedAt
        );
    }

    /// <summary>The read models as they were kept, and as a rebuild gives them. An attempt that outlived its job may tell its late result in
    /// between: then the two cannot agree about that job, whose rows are those of the rebuild.</summary>
    private async Task<(IReadOnlyList<string> Kept, IReadOnlyList<string> Rebuilt)> CompareReadModelsAsync(LogWatch log)
    {
        var end = (await log.ReadAsync()).Max(entry => entry.Position);
        await WaitAsync(TidyPatience, () => IsAllReadAsync(log));
        var kept = await ReadModelRows.ReadAsync(installation.DataSource, "read");
        await installation.ReadModels.RebuildAsync(CancellationToken.None);
        var rebuilt = await ReadModelRows.ReadAsync(installation.DataSource, "read");
        var moved = (await log.ReadAsync())
            .Where(entry => entry.Position > end)
            .Select(entry => $"{entry.StreamId}")
            .ToHashSet();
        return ([.. kept.Where(row => !HasMoved(row)), .. rebuilt.Where(HasMoved)], rebuilt);

        bool HasMoved(string row) => moved.Any(stream => row.Contains(stream, StringComparison.Ordinal));
    }

    private async Task<IReadOnlyList<FoundObject>> FindObjectsAsync(IReadOnlyList<SubmittedJob> jobs)
    {
        var found = new List<FoundObject>();
        foreach (var prefix in jobs.SelectMany(job => ObjectKeys.OfVideo(job.VideoId)))
        await foreach (var it in installation.Objects.ListAsync(prefix, CancellationToken.None))
        {
            await using var stream = await installation.Objects.OpenAsync(it.Key, CancellationToken.None);
            var hash = Convert.ToHexStringLower(await SHA256.HashDataAsync(stream));
            found.Add(new FoundObject(it.Key, hash, it.ByteCount));
        }
        return found;
    }
}
