using EventPipeline.Contracts;
using EventPipeline.EventStore;
using EventPipeline.Objects;
using EventPipeline.Projections.Clips;
using EventPipeline.Projections.Costs;
using EventPipeline.Projections.Highlights;
using EventPipeline.Projections.Projecting;
using EventPipeline.Projections.Scenes;
using EventPipeline.Projections.Segments;
using EventPipeline.Projections.Silences;
using EventPipeline.Projections.Storyboards;
using EventPipeline.Projections.Transcripts;
using EventPipeline.Projections.Videos;

namespace EventPipeline.Projections.Jobs;

/// <summary>Jobs and videos folded from the log itself: as they were at any time, and as they are now without waiting for the read
/// models.</summary>
public sealed class JobHistory(EventLog log, IObjectStore objects)
{
    private readonly StoredFacts facts = new(objects);

    /// <summary>A job with everything that it had found.</summary>
    /// <param name="id">The job.</param>
    /// <param name="position">Up to and with the event at this position; null for no such limit.</param>
    /// <param name="time">Up to and with events of this time; null for no such limit.</param>
    /// <returns>Null if it had not been started.</returns>
    public async Task<JobDetails?> FindJobAsync(
        Guid id,
        Position? position,
        DateTimeOffset? time,
        CancellationToken cancellation
    )
    {
        var events = await LoadAsync(id, position, time, cancellation);
        var job = events
            .Where(@event => @event.Data is JobEvent)
            .Aggregate((JobRow?)null, (row, @event) => JobProjection.Evolve(row, @event));
        if (job is null)
            return null;
        return new JobDetails(
            job,
            await FindVideoAsync(job.VideoId, position, time, cancellation),
            TranscriptProjection.Transcripts.Fold(events).SingleOrDefault(),
            SilenceProjection.Projection.Fold(events),
            SceneProjection.Projection.Fold(events),
            SegmentProjection.Projection.Fold(events),
            [.. HighlightProjection.Highlights.Fold(events).OrderBy(row => row.Start).ThenBy(row => row.Name)],
            HighlightProjection.Removed.Fold(events),
            [.. ClipProjection.Projection.Fold(events).OrderBy(row => row.Start).ThenBy(row => row.Name)],
            StoryboardProjection.Projection.Fold(events).SingleOrDefault(),
            CostProjection.Projection.Fold(events)
        );
    }

    /// <summary>A video.</summary>
    /// <inheritdoc cref="FindJobAsync" />
    public async Task<VideoRow?> FindVideoAsync(
        Guid id,
        Position? position,
        DateTimeOffset? time,
        CancellationToken cancellation
    ) =>
        (await LoadAsync(id, position, time, cancellation))
            .Where(@event => @event.Data is VideoEvent)
            .Aggregate((VideoRow?)null, VideoProjection.Evolve);

    private async Task<List<ProjectedEvent>> LoadAsync(
        Guid id,
        Position? position,
        DateTimeOffset? time,
        CancellationToken cancellation
    )
    {
        var reader = new EventReader();
        var events = new List<ProjectedEvent>();
        foreach (var stored in await log.LoadAsync(id, cancellation))
        {
            if (stored.Position > position || stored.Timestamp > time)
                break;
            if (reader.Read(stored) is { } @event)
                events.Add(await facts.ResolveAsync(@event, cancellation));
        }
        return events;
    }
}
