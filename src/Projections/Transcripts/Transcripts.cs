using EventPipeline.Contracts;
using EventPipeline.Projections.Projecting;

namespace EventPipeline.Projections.Transcripts;

/// <summary>A job's transcript.</summary>
/// <param name="Segments">How many there are.</param>
/// <param name="Words">How many words have a time.</param>
/// <param name="Dropped">See <see cref="TranscriptProduced"/>.</param>
public sealed record TranscriptRow(
    Guid JobId,
    TranscriptSource Source,
    string Language,
    string Engine,
    int Segments,
    int Words,
    int Dropped,
    ArtifactReference Document,
    ArtifactReference Srt,
    ArtifactReference Vtt
);

/// <summary>A sentence of a transcript, to be listed and searched.</summary>
/// <param name="Number">From 1, in the order of the timeline.</param>
public sealed record TranscriptSegmentRow(
    Guid JobId,
    int Number,
    double Start,
    double End,
    string Text,
    double Confidence
);

internal static class TranscriptProjection
{
    public static readonly RowsPerEvent<TranscriptRow> Transcripts = new(
        new Table<TranscriptRow>(
            "transcripts",
            "job_id",
            row => row.JobId,
            """
            job_id uuid, source text, language text, engine text, segments integer, words integer, dropped integer,
            document jsonb, srt jsonb, vtt jsonb
            """
        ),
        @event => @event.Data is TranscriptProduced it ? [Row(@event.StreamId, it)] : []
    );

    public static readonly RowsPerEvent<TranscriptSegmentRow> Segments = new(
        new Table<TranscriptSegmentRow>(
            "transcript_segments",
            "job_id, number",
            row => (row.JobId, row.Number),
            """
            job_id uuid, number integer, start double precision, "end" double precision, text text, confidence double precision
            """,
            "using gin (to_tsvector('simple', text))"
        ),
        @event =>
            @event.Data is TranscriptProduced it
                ? it.Segments.Select((segment, index) => Row(@event.StreamId, segment, index + 1))
                : []
    );

    private static TranscriptRow Row(Guid jobId, TranscriptProduced it) =>
        new(
            jobId,
            it.Source,
            it.Language,
            it.Engine,
            it.Segments.Count,
            it.Segments.Sum(segment => segment.Words.Count),
            it.Dropped,
            it.Document,
            it.Srt,
            it.Vtt
        );

    private static TranscriptSegmentRow Row(Guid jobId, TranscriptSegment it, int number) =>
        new(jobId, number, it.Start, it.End, it.Text, it.Confidence);
}
