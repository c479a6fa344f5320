using System.Text.Json;
using EventPipeline.Contracts;
using EventPipeline.Coordinator.Watching;
using EventPipeline.Deciding;
using EventPipeline.Domain.Jobs;
using EventPipeline.EventStore;
using EventPipeline.Objects;
using Microsoft.Extensions.Logging;

namespace EventPipeline.Coordinator.Discarding;

/// <summary>Removes what attempts stored and no event names: of an attempt that was given up, or that ran while its job failed. Only while no
/// job of the video is open, because an open one may be about to name it. Of a video that was deleted only facts stay that were too large
/// for the log, because they are part of it.</summary>
internal sealed partial class AbandonedObjects(
    EventLog log,
    JobTable jobs,
    IObjectStore objects,
    ILogger<AbandonedObjects> logger
)
{
    /// <summary>Jobs whose streams are in memory together.</summary>
    private const int AtOnce = 100;

    private static readonly string StoredFact = EventTypes.NameOf(typeof(FactStored));

    /// <summary>Looks after a job that ended.</summary>
    public async Task<Swept> SweepAsync(Guid jobId, CancellationToken cancellation)
    {
        var job = EventCodec.Fold(JobAt.Unknown, await log.LoadAsync(jobId, cancellation)).Job;
        var works = job
            .Stages.SelectMany(stage => stage.Works.Select(work => (Stage: stage.Definition, Work: work)))
            .ToList();
        if (works.TrueForAll(it => it.Work is { Attempt: 1, Phase: WorkPhase.Succeeded }))
            return new Swept(TimeSpan.Zero, null); // Every attempt is named.
        var leftTo = await SweepAsync(job.Started!.VideoId, [jobId], cancellation);
        var runningStill = works
            .Where(it => it.Work.Phase == WorkPhase.Requested)
            .Select(it => TimeSpan.FromSeconds(it.Stage.LeaseSeconds))
            .DefaultIfEmpty(TimeSpan.Zero)
            .Max();
        return new Swept(runningStill, leftTo);
    }

    /// <summary>The same for all that is stored of a video.</summary>
    /// <param name="started">Jobs of it that may not stand in the table yet.</param>
    /// <returns>An open job, at whose end it has to be done; null if it is done.</returns>
    public async Task<Guid?> SweepAsync(Guid videoId, IReadOnlyList<Guid> started, CancellationToken cancellation)
    {
        // Mostly this is all: of a video with thousands of jobs, one that is open is soon found.
        if (
            await jobs.FindOpenAsync(videoId, cancellation) is { } newest
            && IsOpen(await log.LoadAsync(newest, cancellation))
        )
            return newest;
        // Listed before the jobs are looked at: what a job stores that is started meanwhile must not be taken for abandoned.
        var found = new List<string>();
        foreach (var prefix in ObjectKeys.OfVideo(videoId))
        {
            await foreach (var it in objects.ListAsync(prefix, cancellation))
                found.Add(it.Key);
        }
        var video = await log.LoadAsync(videoId, cancellation);
        var isDeleted = EventCodec.FoldVideo(video).Deleted is not null;
        var named = new HashSet<string>(StringComparer.Ordinal);
        Name(video);
        foreach (var some in (await jobs.ReadOfVideoAsync(videoId, cancellation)).Union(started).Chunk(AtOnce))
        {
            var streams = await log.LoadAsync(some, cancellation);
            foreach (var (id, stream) in streams)
            {
                if (IsOpen(stream))
                    return id;
                Name(stream);
            }
        }
        var abandoned = found.Where(key => !named.Contains(key)).ToList();
        foreach (var key in abandoned)
            await objects.DeleteAsync(key, cancellation);
        if (abandoned.Count > 0)
            LogSwept(abandoned.Count, videoId);
        return null;

        void Name(IEnumerable<StoredEvent> stream) =>
            named.UnionWith(
                stream.Where(stored => !isDeleted || stored.Type == StoredFact).SelectMany(stored => Keys(stored.Data))
            );
    }

    private static bool IsOpen(IReadOnlyList<StoredEvent> stream) =>
        EventCodec.Fold(JobAt.Unknown, stream).Job.Status == JobStatus.Running;

    /// <summary>Every key of an object in an event, and perhaps other texts of that name: more is named, never less.</summary>
    private static List<string> Keys(ReadOnlyMemory<byte> json)
    {
        var keys = new List<string>();
        var reader = new Utf8JsonReader(json.Span);
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName || !reader.ValueTextEquals("key"u8))
                continue;
            reader.Read();
            if (reader.TokenType == JsonTokenType.String)
                keys.Add(reader.GetString()!);
        }
        return keys;
    }

    [LoggerMessage(
        LogLevel.Information,
        "{Count} objects of video {VideoId} that no event names, or that were deleted, were removed."
    )]
    private partial void LogSwept(int count, Guid videoId);
}

/// <summary>What came of looking after a job that ended.</summary>
/// <param name="RunningStill">How long an attempt that ran when the job ended may still go on unseen; zero if none did.</param>
/// <param name="LeftTo">An open job of the same video, at whose end it has to be done; null if it is done.</param>
internal readonly record struct Swept(TimeSpan RunningStill, Guid? LeftTo);
