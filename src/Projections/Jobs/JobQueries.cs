using System.Text.Json;
using EventPipeline.Projections.Clips;
using EventPipeline.Projections.Costs;
using EventPipeline.Projections.Highlights;
using EventPipeline.Projections.Projecting;
using EventPipeline.Projections.Scenes;
using EventPipeline.Projections.Segments;
using EventPipeline.Projections.Silences;
using EventPipeline.Projections.Storyboards;
using EventPipeline.Projections.Timeline;
using EventPipeline.Projections.Transcripts;
using EventPipeline.Projections.Videos;

namespace EventPipeline.Projections.Jobs;

/// <summary>Questions about jobs.</summary>
public sealed class JobQueries
{
    private readonly Rows rows;

    internal JobQueries(Rows rows) => this.rows = rows;

    /// <summary>By id; null if there is none.</summary>
    public Task<JobRow?> FindAsync(Guid id, CancellationToken cancellation) =>
        rows.FindAsync<JobRow>("jobs where id = $1", cancellation, id);

    /// <summary>Those of the ids that exist, with one query.</summary>
    public Task<IReadOnlyDictionary<Guid, JobHeader>> FindAllAsync(
        IReadOnlyCollection<Guid> ids,
        CancellationToken cancellation
    ) => rows.OneForEachAsync<JobHeader>(ids, "jobs", cancellation);

    /// <summary>What those of the ids work on that exist, with one query.</summary>
    public Task<IReadOnlyDictionary<Guid, JobInput>> FindInputsAsync(
        IReadOnlyCollection<Guid> ids,
        CancellationToken cancellation
    ) => rows.OneForEachAsync<JobInput>(ids, "jobs", cancellation);

    /// <summary>The stages of those of the ids that exist, with one query.</summary>
    public Task<IReadOnlyDictionary<Guid, JobStages>> FindStagesAsync(
        IReadOnlyCollection<Guid> ids,
        CancellationToken cancellation
    ) => rows.OneForEachAsync<JobStages>(ids, "jobs", cancellation);

    /// <summary>A job with everything that it found, in one round trip; null if there is none of that id.</summary>
    public async Task<JobDetails?> FindDetailsAsync(Guid id, CancellationToken cancellation)
    {
        await using var results = await rows.QueryAsync(
            cancellation,
            rows.Select<JobRow>("jobs where id = $1", id),
            rows.Select<VideoRow>($"videos where id = (select video_id from {rows.Schema}.jobs where id = $1)", id),
            rows.Select<TranscriptRow>("transcripts where job_id = $1", id),
            rows.Select<SilenceRow>("silences where job_id = $1 order by number", id),
            rows.Select<SceneRow>("scenes where job_id = $1 order by number", id),
            rows.Select<SegmentRow>("segments where job_id = $1 order by number", id),
            rows.Select<HighlightRow>("highlights where job_id = $1 order by start, name", id),
            rows.Select<RemovedRow>("removed where job_id = $1 order by number", id),
            rows.Select<ClipRow>("clips where job_id = $1 order by start, name", id),
            rows.Select<StoryboardRow>("storyboards where job_id = $1", id),
            rows.Select<CostRow>("costs where job_id = $1 order by version", id)
        );
        return (await results.NextAsync<JobRow>(cancellation)).SingleOrDefault() is { } job
            ? new JobDetails(
                job,
                (await results.NextAsync<VideoRow>(cancellation)).SingleOrDefault(),
                (await results.NextAsync<TranscriptRow>(cancellation)).SingleOrDefault(),
                await results.NextAsync<SilenceRow>(cancellation),
                await results.NextAsync<SceneRow>(cancellation),
                await results.NextAsync<SegmentRow>(cancellation),
                await results.NextAsync<HighlightRow>(cancellation),
                await results.NextAsync<RemovedRow>(cancellation),
                await results.NextAsync<ClipRow>(cancellation),
                (await results.NextAsync<StoryboardRow>(cancellation)).SingleOrDefault(),
                await results.NextAsync<CostRow>(cancellation)
            )
            : null;
    }

    /// <summary>The job that a pipeline completed last over a video; null if there is none.</summary>
    public Task<JobRow?> FindNewestCompletedAsync(Guid videoId, string pipeline, CancellationToken cancellation) =>
        rows.FindAsync<JobRow>(
            "jobs where video_id = $1 and pipeline = $2 and status = 'completed' order by finished_at desc",
            cancellation,
            videoId,
            pipeline
        );

    /// <summary>The newest job of a pipeline over a video that is queued or running; null if there is none.</summary>
    public Task<JobRow?> FindOpenAsync(Guid videoId, string pipeline, CancellationToken cancellation) =>
        rows.FindAsync<JobRow>(
            "jobs where video_id = $1 and pipeline = $2 and status in ('queued', 'running') order by started_at desc",
            cancellation,
            videoId,
            pipeline
        );

    /// <summary>Newest first.</summary>
    /// <param name="first">At most this many, 1 to 1000.</param>
    /// <param name="after">The cursor of the page before.</param>
    public Task<Page<JobRow>> ListAsync(JobFilter filter, int first, string? after, CancellationToken cancellation) =>
        Page<JobRow>.ReadAsync(
            rows,
            "jobs",
            "started_at",
            [
                ("owner_id", filter.OwnerId),
                ("video_id", filter.VideoId),
                ("pipeline", filter.Pipeline),
                (
                    "status",
                    filter.Status is { } status ? JsonNamingPolicy.CamelCase.ConvertName(status.ToString()) : null
                ),
            ],
            row => (row.StartedAt, row.Id),
            first,
            after,
            cancellation
        );

    /// <summary>A stretch of the list of jobs by the time of their start.</summary>
    public async Task<IReadOnlyList<JobHeader>> PageAsync(
        JobSearch search,
        bool newestFirst,
        KeyRange<TimeKey> range,
        CancellationToken cancellation
    )
    {
        var conditions = Restrict(new Conditions(), search);
        var order = conditions.Within(range, "started_at", newestFirst);
        var from = $"jobs where {conditions} {order}";
        return search.Text is null
            ? await rows.PageAsync<JobHeader>(from, cancellation, conditions.Parameters)
            : await rows.ListAsync<JobHeader>(from, cancellation, conditions.Parameters);
    }

    /// <summary>The same stretch of the lists of jobs of many videos, newest first, with one query.</summary>
    public Task<ILookup<Guid, JobHeader>> PageOfVideosAsync(
        IReadOnlyCollection<Guid> videos,
        JobSearch search,
        KeyRange<TimeKey> range,
        CancellationToken cancellation
    )
    {
        var conditions = Restrict(new Conditions(videos), search);
        var order = conditions.Within(range, "started_at", isDescending: true);
        return rows.ForEachAsync<JobHeader>(
            videos,
            $"jobs where video_id = wanted.id and {conditions} {order}",
            cancellation,
            conditions.Parameters[1..]
        );
    }

    /// <summary>The same stretch of what happened to many jobs, with one query.</summary>
    public Task<ILookup<Guid, TimelineRow>> TimelinesAsync(
        IReadOnlyCollection<Guid> streams,
        KeyRange<NumberKey> range,
        CancellationToken cancellation
    )
    {
        var conditions = new Conditions(streams);
        var order = conditions.Within(range, "version");
        return rows.ForEachAsync<TimelineRow>(
            streams,
            $"timeline where stream_id = wanted.id and {conditions} {order}",
            cancellation,
            conditions.Parameters[1..]
        );
    }

    private Conditions Restrict(Conditions conditions, JobSearch search) =>
        conditions
            .Add(search.OwnerId, it => $"owner_id = {it}")
            .Add(search.Pipeline, it => $"pipeline = {it}")
            .Add(
                search.Statuses?.Select(it => JsonNamingPolicy.CamelCase.ConvertName(it.ToString())).ToArray(),
                it => $"status = any ({it})"
            )
            .Add(search.StartedFrom?.ToUniversalTime(), it => $"started_at >= {it}")
            .Add(search.StartedBefore?.ToUniversalTime(), it => $"started_at < {it}")
            .Add(
                search.Text,
                it =>
                    $"exists (select from {rows.Schema}.videos v where v.id = video_id and position(lower({it}) in lower(v.file_name)) > 0)"
            );

    /// <summary>What happened to a job (or a video), one sentence per event.</summary>
    /// <param name="after">Only later versions.</param>
    public Task<List<TimelineRow>> TimelineAsync(
        Guid streamId,
        CancellationToken cancellation,
        long after = 0,
        int limit = 1000
    ) =>
        rows.ListAsync<TimelineRow>(
            "timeline where stream_id = $1 and version > $2 order by version limit $3",
            cancellation,
            streamId,
            after,
            limit
        );

    /// <summary>The items that ran out of attempts and were not redriven, oldest jobs first.</summary>
    public async Task<IReadOnlyList<DeadLetter>> DeadLettersAsync(
        DeadLetterFilter filter,
        CancellationToken cancellation
    ) =>
        [
            .. from job in await rows.ListAsync<JobRow>(
                $"jobs where {JobProjection.HasDeadLetters} and ($1::uuid is null or id = $1) order by started_at, id",
                cancellation,
                filter.JobId
            )
            from stage in job.Stages
            where filter.Stage is null || filter.Stage == stage.Name
            from item in stage.Items
            where item.DeadLettered && (filter.Item is null || filter.Item == item.Name)
            where
                filter.Reason is null
                || item.Reason?.Contains(filter.Reason, StringComparison.OrdinalIgnoreCase) == true
            select new DeadLetter(
                job.Id,
                job.VideoId,
                job.OwnerId,
                stage.Name,
                item.Name,
                item.Attempts,
                item.Redrives,
                item.Reason
            ),
        ];

    /// <summary>Seconds until a job is likely to be done, from what its pipeline's stages took lately; null if there is nothing to go by.</summary>
    public async Task<double?> EstimateRemainingAsync(JobRow job, CancellationToken cancellation) =>
        job is { IsOpen: true, Media: { } media }
            ? Estimate.Remaining(
                job.Stages.Select(OpenStage.Of),
                media.DurationSeconds,
                await PacesAsync(job.Pipeline, cancellation)
            )
            : null;

    /// <summary>What the stages of a pipeline took lately: working seconds per second of media, by stage.</summary>
    public async Task<IReadOnlyDictionary<string, double>> PacesAsync(
        string pipeline,
        CancellationToken cancellation
    ) =>
        Estimate.Paces(
            await rows.ListAsync<JobRow>(
                "jobs where pipeline = $1 and status = 'completed' order by started_at desc limit 20",
                cancellation,
                pipeline
            )
        );
}
