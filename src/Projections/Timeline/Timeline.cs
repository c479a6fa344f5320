using EventPipeline.Contracts;
using EventPipeline.Projections.Projecting;

namespace EventPipeline.Projections.Timeline;

/// <summary>One event of a video or a job in a sentence: the audit log.</summary>
/// <param name="StreamId">The video or the job.</param>
/// <param name="Version">Place in its stream, from 1.</param>
/// <param name="Type">Name of the event.</param>
public sealed record TimelineRow(
    Guid StreamId,
    long Version,
    DateTimeOffset At,
    string Type,
    string Actor,
    string Sentence
);

internal static class TimelineProjection
{
    public static readonly RowsPerEvent<TimelineRow> Projection = new(
        new Table<TimelineRow>(
            "timeline",
            "stream_id, version",
            row => (row.StreamId, row.Version),
            "stream_id uuid, version bigint, at timestamptz, type text, actor text, sentence text"
        ),
        @event =>
            [
                new TimelineRow(
                    @event.StreamId,
                    @event.Version,
                    @event.Timestamp,
                    EventTypes.NameOf(@event.Data),
                    @event.Headers.Actor,
                    Sentences.Of(@event.Data)
                ),
            ]
    )
    {
        IsRecord = true,
    };
}
