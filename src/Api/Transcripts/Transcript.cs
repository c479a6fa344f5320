using EventPipeline.Api.Jobs;
using EventPipeline.Api.Reading;
using EventPipeline.Contracts;
using EventPipeline.GraphQL.Annotations;
using EventPipeline.GraphQL.DataLoaders;
using EventPipeline.GraphQL.Paging;
using EventPipeline.Projections;
using EventPipeline.Projections.Projecting;
using EventPipeline.Projections.Transcripts;

namespace EventPipeline.Api.Transcripts;

/// <summary>What is said in a video.</summary>
public sealed record Transcript([property: GraphQLIgnore] TranscriptRow Row)
{
    /// <summary>Where it comes from.</summary>
    public TranscriptSource Source => Row.Source;

    /// <summary>The language, a BCP 47 tag.</summary>
    public string Language => Row.Language;

    /// <summary>What recognised it.</summary>
    public string Engine => Row.Engine;

    /// <summary>How many sentences it has.</summary>
    public int SentenceCount => Row.Segments;

    /// <summary>How many words have a time.</summary>
    public int WordCount => Row.Words;

    /// <summary>All words with their times, as JSON.</summary>
    public Artifact Document => new(Row.Document);

    /// <summary>Subtitles as SubRip.</summary>
    public Artifact Srt => new(Row.Srt);

    /// <summary>Subtitles as WebVTT.</summary>
    public Artifact Vtt => new(Row.Vtt);
}

/// <summary>A sentence of a transcript.</summary>
public sealed record Sentence([property: GraphQLIgnore] TranscriptSegmentRow Row)
{
    /// <summary>Its number, from 1.</summary>
    public int Number => Row.Number;

    /// <summary>In seconds from the beginning of the video.</summary>
    public double Start => Row.Start;

    /// <summary>In seconds from the beginning of the video.</summary>
    public double End => Row.End;

    /// <summary>What is said.</summary>
    public string Text => Row.Text;

    /// <summary>How sure the recognition is, 0 to 1.</summary>
    public double Confidence => Row.Confidence;
}

/// <summary>What was said in a job's video.</summary>
[ExtendObjectType<Job>]
public static class TranscriptFields
{
    /// <summary>What is said; null before it is known.</summary>
    public static async Task<Transcript?> GetTranscriptAsync(
        [Parent] Job job,
        IDataLoader<Guid, TranscriptRow> transcriptOfJob
    )
    {
        var row = job.Then is { } then ? then.Transcript : await transcriptOfJob.LoadAsync(job.Id);
        return row is null ? null : new Transcript(row);
    }

    /// <summary>One query for all jobs of a list.</summary>
    [DataLoader]
    public static Task<IReadOnlyDictionary<Guid, TranscriptRow>> GetTranscriptOfJobAsync(
        IReadOnlyList<Guid> jobs,
        FindingQueries findings,
        CancellationToken cancellation
    ) => findings.TranscriptsAsync(jobs, cancellation);
}

/// <summary>The sentences of a transcript.</summary>
[ExtendObjectType<Transcript>]
public static class SentenceFields
{
    /// <summary>The sentences in the order of the timeline.</summary>
    /// <param name="from">Only sentences that end later than this second.</param>
    /// <param name="to">Only sentences that start before this second.</param>
    [UsePaging(DefaultPageSize = 100, MaxPageSize = 1000)]
    public static Task<Connection<Sentence>> GetSentencesAsync(
        [Parent] Transcript transcript,
        PagingArguments page,
        IDataLoader<Stretch<SentencesOfJob>, TranscriptSegmentRow[]> sentencesOfJob,
        double? from = null,
        double? to = null
    ) =>
        page.ReadAsync<Sentence, NumberKey>(
            "transcript.sentences",
            sentence => new NumberKey(sentence.Number),
            async keyset =>
            {
                var arguments = new SentencesOfJob(keyset.Range(), from, to);
                var rows = await sentencesOfJob.LoadAsync(new Stretch<SentencesOfJob>(transcript.Row.JobId, arguments));
                return [.. rows!.Select(row => new Sentence(row))];
            }
        );

    /// <summary>One query for all transcripts of a list.</summary>
    [DataLoader]
    public static Task<ILookup<Stretch<SentencesOfJob>, TranscriptSegmentRow>> GetSentencesOfJobAsync(
        IReadOnlyList<Stretch<SentencesOfJob>> stretches,
        TranscriptQueries transcripts,
        CancellationToken cancellation
    ) =>
        Pages.LoadAsync<SentencesOfJob, TranscriptSegmentRow>(
            stretches,
            (jobs, it) => transcripts.PageOfJobsAsync(jobs, it.From, it.To, it.Range, cancellation)
        );
}

/// <summary>Which sentences of jobs are loaded together.</summary>
public sealed record SentencesOfJob(KeyRange<NumberKey> Range, double? From, double? To);
