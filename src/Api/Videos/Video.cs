using EventPipeline.Api.Jobs;
using EventPipeline.Api.Reading;
using EventPipeline.GraphQL.Annotations;
using EventPipeline.GraphQL.DataLoaders;
using EventPipeline.GraphQL.Paging;
using EventPipeline.Projections.Jobs;
using EventPipeline.Projections.Projecting;
using EventPipeline.Projections.Videos;

namespace EventPipeline.Api.Videos;

/// <summary>A video: an uploaded file, named by its hash.</summary>
public sealed record Video([property: GraphQLIgnore] VideoRow Row)
{
    /// <summary>Unique among all objects.</summary>
    [ID]
    public Guid Id => Row.Id;

    /// <summary>The name that the file had.</summary>
    public string FileName => Row.FileName;

    /// <summary>The file.</summary>
    public Artifact Source => new(Row.Source);

    /// <summary>Who registered it.</summary>
    public string RegisteredBy => Row.RegisteredBy;

    /// <summary>When it was registered.</summary>
    public DateTimeOffset RegisteredAt => Row.RegisteredAt;

    /// <summary>Why its bytes were removed; null while they are there.</summary>
    public string? DiscardedReason => Row.DiscardedReason;

    /// <summary>When its bytes were removed; null while they are there.</summary>
    public DateTimeOffset? DiscardedAt => Row.DiscardedAt;

    /// <summary>When it was deleted, by whoever asks for the past or deletes it; null while it is there.</summary>
    public DateTimeOffset? DeletedAt => Row.DeletedAt;

    internal static Video? Of(VideoRow? row) => row is null ? null : new Video(row);
}

/// <summary>What belongs to a video.</summary>
[ExtendObjectType<Video>]
public static class VideoFields
{
    /// <summary>The jobs over it, newest first.</summary>
    /// <param name="status">Only jobs with one of these.</param>
    [ListSize(3)]
    public static Task<Connection<Job>> GetJobsAsync(
        [Parent] Video video,
        PagingArguments page,
        IDataLoader<Stretch<JobsOfVideo>, JobHeader[]> jobsOfVideo,
        IReadOnlyList<JobStatus>? status = null
    ) =>
        page.ReadAsync<Job, TimeKey>(
            "video.jobs",
            job => new TimeKey(job.StartedAt, job.Id),
            async keyset =>
            {
                var arguments = new JobsOfVideo(keyset.Range(), string.Join(' ', status ?? []));
                var rows = await jobsOfVideo.LoadAsync(new Stretch<JobsOfVideo>(video.Id, arguments));
                return [.. rows!.Select(row => new Job(row))];
            }
        );

    /// <summary>One query for all videos of a list.</summary>
    [DataLoader]
    public static Task<ILookup<Stretch<JobsOfVideo>, JobHeader>> GetJobsOfVideoAsync(
        IReadOnlyList<Stretch<JobsOfVideo>> stretches,
        JobQueries jobs,
        CancellationToken cancellation
    ) =>
        Pages.LoadAsync<JobsOfVideo, JobHeader>(
            stretches,
            (videos, it) => jobs.PageOfVideosAsync(videos, new JobSearch(Statuses: it.All), it.Range, cancellation)
        );
}

/// <summary>Which jobs of videos are loaded together.</summary>
/// <param name="Range">The stretch.</param>
/// <param name="Statuses">Names of statuses, between spaces; empty for all. A text, because these are compared.</param>
public sealed record JobsOfVideo(KeyRange<TimeKey> Range, string Statuses)
{
    internal IReadOnlyList<JobStatus>? All =>
        Statuses.Length == 0 ? null : [.. Statuses.Split(' ').Select(Enum.Parse<JobStatus>)];
}
