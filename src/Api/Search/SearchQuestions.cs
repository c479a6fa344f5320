using EventPipeline.Api.Access;
using EventPipeline.Api.Jobs;
using EventPipeline.Api.Reading;
using EventPipeline.Api.Videos;
using EventPipeline.EventStore;
using EventPipeline.GraphQL.Annotations;
using EventPipeline.GraphQL.DataLoaders;
using EventPipeline.GraphQL.Execution;
using EventPipeline.GraphQL.Paging;
using EventPipeline.GraphQL.Types;
using EventPipeline.Projections;
using EventPipeline.Projections.Jobs;
using EventPipeline.Projections.Transcripts;
using EventPipeline.Projections.Videos;

namespace EventPipeline.Api.Search;

/// <summary>A sentence that says what was searched for.</summary>
public sealed record SearchHit([property: GraphQLIgnore] TranscriptHit Row)
{
    /// <summary>In seconds from the beginning of the video.</summary>
    public double Start => Row.Start;

    /// <summary>In seconds from the beginning of the video.</summary>
    public double End => Row.End;

    /// <summary>The whole sentence.</summary>
    public string Text => Row.Text;

    /// <summary>The part that says it. The words that were found stand between `&lt;&lt;` and `&gt;&gt;`.</summary>
    public string Snippet => Row.Snippet;
}

/// <summary>Questions about what is said.</summary>
[QueryType]
public static class SearchQuestions
{
    private const int MostCharacters = 500;

    /// <summary>Sentences of the caller's transcripts that have all words of a text: newest jobs first, each in the order of its
    /// timeline.</summary>
    /// <param name="text">Words, "phrases", and -words that must not be there; `or` between alternatives.</param>
    /// <param name="jobId">Only in this job.</param>
    /// <param name="waitFor">Positions that mutations gave: the answer reflects them.</param>
    [Cost(50)]
    public static async Task<Connection<SearchHit>> SearchTranscriptsAsync(
        string text,
        PagingArguments page,
        Caller caller,
        ReadModels readModels,
        IRequestContext context,
        CancellationToken cancellation,
        [ID<Job>] Guid? jobId = null,
        [Cost(10)] IReadOnlyList<Position>? waitFor = null
    )
    {
        if (text.Length > MostCharacters)
            throw new GraphQLException($"Search for at most {MostCharacters} characters.");
        await readModels.ReflectAsync(waitFor, context);
        return await page.ReadAsync<SearchHit, HitKey>(
            $"search {text}",
            hit => new HitKey(hit.Row.JobId, hit.Row.Number),
            async keyset =>
            {
                var rows = await readModels.Transcripts.FindAsync(
                    caller.OwnerId,
                    text,
                    jobId,
                    keyset.Range(),
                    cancellation
                );
                return [.. rows.Select(row => new SearchHit(row))];
            }
        );
    }
}

/// <summary>Where a sentence was found.</summary>
[ExtendObjectType<SearchHit>]
public static class SearchHitFields
{
    /// <summary>The job whose transcript has it.</summary>
    public static Task<Job?> GetJobAsync([Parent] SearchHit hit, Caller caller, IDataLoader<Guid, JobHeader> jobById) =>
        JobQuestions.FindAsync(hit.Row.JobId, caller, jobById);

    /// <summary>The video in which it is said.</summary>
    public static Task<Video?> GetVideoAsync(
        [Parent] SearchHit hit,
        Caller caller,
        IDataLoader<Guid, VideoRow> videoById
    ) => VideoQuestions.FindAsync(hit.Row.VideoId, caller, videoById);
}
