using EventPipeline.Api.Access;
using EventPipeline.Api.Clips;
using EventPipeline.Api.Reading;
using EventPipeline.Api.Videos;
using EventPipeline.Contracts;
using EventPipeline.GraphQL.Annotations;
using EventPipeline.GraphQL.DataLoaders;
using EventPipeline.GraphQL.Paging;
using EventPipeline.GraphQL.Types;
using EventPipeline.Projections.Clips;
using EventPipeline.Projections.Jobs;
using EventPipeline.Projections.Projecting;
using EventPipeline.Projections.Timeline;
using EventPipeline.Projections.Videos;

namespace EventPipeline.Api.Jobs;

/// <summary>Something that happened to a job.</summary>
public sealed record JobEntry([property: GraphQLIgnore] TimelineRow Row)
{
    /// <summary>Its number among the events of the job, from 1.</summary>
    public long Version => Row.Version;

    /// <summary>When it happened.</summary>
    public DateTimeOffset At => Row.At;

    /// <summary>What kind of event it is, such as `stage_failed`.</summary>
    public string Type => Row.Type;

    /// <summary>Who or what did it.</summary>
    public string Actor => Row.Actor;

    /// <summary>What happened, as a sentence.</summary>
    public string Sentence => Row.Sentence;
}

/// <summary>What belongs to a job.</summary>
[ExtendObjectType<Job>]
public static class JobFields
{
    /// <summary>The video that it runs over; null if nobody registered it, or if it was deleted.</summary>
    public static async Task<Video?> GetVideoAsync(
        [Parent] Job job,
        Caller caller,
        IDataLoader<Guid, VideoRow> videoOfJob
    ) =>
        job.Then is { } then
            ? Video.Of(then.Video)
            : VideoQuestions.Visible(await videoOfJob.LoadAsync(job.Id), caller);

    /// <summary>One query for all jobs of a list.</summary>
    [DataLoader]
    public static Task<IReadOnlyDictionary<Guid, VideoRow>> GetVideoOfJobAsync(
        IReadOnlyList<Guid> ids,
        VideoQueries videos,
        CancellationToken cancellation
    ) => videos.FindOfJobsAsync(ids, cancellation);

    /// <summary>What it was asked for.</summary>
    public static async Task<JobOptions> GetOptionsAsync([Parent] Job job, IDataLoader<Guid, JobInput> inputOfJob) =>
        job.Then?.Job.Options ?? (await inputOfJob.LoadAsync(job.Id))!.Options;

    /// <summary>What the probe found out about the file; null before.</summary>
    public static async Task<Media?> GetMediaAsync([Parent] Job job, IDataLoader<Guid, JobInput> inputOfJob)
    {
        var fact = job.Then is { } then ? then.Job.Media : (await inputOfJob.LoadAsync(job.Id))?.Media;
        return fact is null ? null : new Media(fact);
    }

    /// <summary>One query for all jobs of a list.</summary>
    [DataLoader]
    public static Task<IReadOnlyDictionary<Guid, JobInput>> GetInputOfJobAsync(
        IReadOnlyList<Guid> ids,
        JobQueries jobs,
        CancellationToken cancellation
    ) => jobs.FindInputsAsync(ids, cancellation);

    /// <summary>Asks for what is found by a job's id, so that it goes to the database together with the job itself.</summary>
    internal static void AskAhead(
        Guid id,
        IEnumerable<SelectedField> selected,
        IDataLoader<Guid, VideoRow> videoOfJob,
        IDataLoader<Guid, JobStages> stagesOfJob,
        IDataLoader<Guid, ClipHeader[]> clipHeadersOfJob,
        IDataLoader<Guid, ClipRow[]> clipsOfJob
    )
    {
        foreach (var field in selected)
            switch (field.Field.Name)
            {
                case "video":
                    _ = videoOfJob.LoadAsync(id);
                    break;
                case "stages":
                    _ = stagesOfJob.LoadAsync(id);
                    break;
                case "clips":
                    var ofClips = field.Selected((ObjectType)field.Field.Type.Named);
                    _ = Clip.LoadAsync(id, ofClips, clipHeadersOfJob, clipsOfJob);
                    break;
            }
    }

    /// <summary>Its stages, in the order of the pipeline.</summary>
    [ListSize(11)]
    public static async Task<IEnumerable<Stage>> GetStagesAsync(
        [Parent] Job job,
        IDataLoader<Guid, JobStages> stagesOfJob
    ) =>
        (job.Then?.Job.Stages ?? (await stagesOfJob.LoadAsync(job.Id))?.Stages ?? []).Select(stage => new Stage(stage));

    /// <summary>One query for all jobs of a list.</summary>
    [DataLoader]
    public static Task<IReadOnlyDictionary<Guid, JobStages>> GetStagesOfJobAsync(
        IReadOnlyList<Guid> ids,
        JobQueries jobs,
        CancellationToken cancellation
    ) => jobs.FindStagesAsync(ids, cancellation);

    /// <summary>What happened, one sentence for each event.</summary>
    [UsePaging(DefaultPageSize = 100, MaxPageSize = 1000)]
    [ListSize(50)]
    public static Task<Connection<JobEntry>> GetTimelineAsync(
        [Parent] Job job,
        PagingArguments page,
        IDataLoader<Stretch<KeyRange<NumberKey>>, TimelineRow[]> timelineOfJob
    ) =>
        page.ReadAsync<JobEntry, NumberKey>(
            "job.timeline",
            entry => new NumberKey(entry.Version),
            async keyset =>
            {
                var rows = await timelineOfJob.LoadAsync(new Stretch<KeyRange<NumberKey>>(job.Id, keyset.Range()));
                return [.. rows!.Where(row => row.Version <= job.Version).Select(row => new JobEntry(row))];
            }
        );

    /// <summary>One query for all jobs of a list.</summary>
    [DataLoader]
    public static Task<ILookup<Stretch<KeyRange<NumberKey>>, TimelineRow>> GetTimelineOfJobAsync(
        IReadOnlyList<Stretch<KeyRange<NumberKey>>> stretches,
        JobQueries jobs,
        CancellationToken cancellation
    ) =>
        Pages.LoadAsync<KeyRange<NumberKey>, TimelineRow>(
            stretches,
            (ids, range) => jobs.TimelinesAsync(ids, range, cancellation)
        );
}
