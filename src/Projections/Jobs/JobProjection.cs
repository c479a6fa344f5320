using EventPipeline.Contracts;
using EventPipeline.Projections.Projecting;

namespace EventPipeline.Projections.Jobs;

internal static class JobProjection
{
    /// <summary>The condition that one of a job's items ran out of attempts.</summary>
    public const string HasDeadLetters = "stages @? '$[*].items[*] ? (@.dead_lettered == true)'";

    public static RowPerStream<JobRow> Create() =>
        new(
            new Table<JobRow>(
                "jobs",
                "id",
                row => row.Id,
                """
                id uuid, version bigint, video_id uuid, owner_id text, pipeline text, pipeline_version integer, status text, priority text,
                options jsonb, source jsonb, started_by text, started_at timestamptz, finished_at timestamptz, progress double precision,
                failure jsonb, media jsonb, refused_outcomes integer, stages jsonb
                """,
                "(video_id, pipeline, started_at desc)",
                "(owner_id, started_at desc, id desc)",
                "(started_at desc, id desc)",
                $"(started_at, id) where {HasDeadLetters}"
            ),
            @event => @event.Data is JobEvent,
            Evolve,
            isKept: row => row.IsOpen
        );

    internal static JobRow Evolve(JobRow? before, ProjectedEvent @event)
    {
        if (@event.Data is JobStarted started)
            return Start(started, @event.Version);
        var job =
            before
            ?? throw new InvalidOperationException(
                $"The stream of job {@event.StreamId} does not begin with its start."
            );
        var seconds = SecondsOf(@event.Headers.Metering);
        var after = @event.Data switch
        {
            StageRequested { Work: var it } => job.Change(
                it.Stage,
                it.Item.Name,
                item =>
                    item with
                    {
                        Range = it.Item.Range,
                        Status = StageStatus.Running,
                        Attempts = it.Attempt,
                        RetryAt = null,
                    }
            ),
            StageSucceeded it => job.Change(
                    it.Stage,
                    it.Item,
                    item =>
                        item with
                        {
                            Status = StageStatus.Succeeded,
                            Seconds = item.Seconds + seconds,
                            Reason = null,
                            DeadLettered = false,
                        }
                )
                .Yield(it.Stage, it.Items)
                .Heard(it.Stage, @event.Headers.Metering),
            StageFailed it => job.Change(
                    it.Stage,
                    it.Item,
                    item =>
                        item with
                        {
                            Status = it.RetryAt is null ? StageStatus.Failed : StageStatus.Retrying,
                            Seconds = item.Seconds + seconds,
                            Reason = it.Reason,
                            RetryAt = it.RetryAt,
                        }
                )
                .Heard(it.Stage, @event.Headers.Metering),
            StageLost it => job.Change(
                    it.Stage,
                    it.Item,
                    item => item with { Status = StageStatus.Failed, Reason = it.Reason }
                )
                .Heard(it.Stage, null),
            StageSkipped it => job.Change(
                it.Stage,
                it.Item,
                item => item with { Status = StageStatus.Skipped, Reason = it.Reason }
            ),
            StageDeadLettered { Work: var it, Reason: var reason } => job.Change(
                it.Stage,
                it.Item.Name,
                item => item with { Reason = reason, DeadLettered = true }
            ),
            StageRedriven it => (job with { Status = JobStatus.Running, FinishedAt = null, Failure = null }).Change(
                it.Stage,
                it.Item,
                item => item with { Status = StageStatus.Waiting, DeadLettered = false, Redrives = item.Redrives + 1 }
            ),
            StageRerun it => job.Rerun(it.Stages),
            LateOutcomeRefused => job with { RefusedOutcomes = job.RefusedOutcomes + 1 },
            JobCompleted it => job with { Status = JobStatus.Completed, FinishedAt = it.CompletedAt },
            JobFailed it => job.End(JobStatus.Failed, it.FailedAt, new JobFailure(it.Kind, it.Stage, it.Reason)),
            JobCancelled it => job.End(JobStatus.Cancelled, it.CancelledAt, new JobFailure(null, null, it.Reason)),
            MediaProbed it => job with { Media = it },
            _ => job,
        };
        return after.Derive(@event.Version);
    }

    private static JobRow Start(JobStarted it, long version) =>
        new(
            it.JobId,
            version,
            it.VideoId,
            it.OwnerId,
            it.Pipeline.Name,
            it.Pipeline.Version,
            JobStatus.Queued,
            it.Priority,
            it.Options,
            it.Source,
            it.StartedBy,
            it.StartedAt,
            null,
            0,
            null,
            null,
            0,
            [
                .. it.Pipeline.Stages.Select(stage => new JobStage(
                    stage.Name,
                    stage.Needs,
                    stage.ForEach,
                    stage.Optional,
                    null,
                    StageStatus.Waiting,
                    stage.ForEach is null ? [new JobItem(Item.WholeVideo.Name, null)] : []
                )),
            ]
        );

    /// <summary>Items of the stages that fan out over a stage.</summary>
    private static JobRow Yield(this JobRow job, string stage, IReadOnlyList<Item> items) =>
        items.Count == 0
            ? job
            : job with
            {
                Stages =
                [
                    .. job.Stages.Select(each =>
                        each.ForEach == stage
                            ? each with
                            {
                                Items =
                                [
                                    .. each.Items,
                                    .. items
                                        .Where(item => each.Items.All(known => known.Name != item.Name))
                                        .Select(item => new JobItem(item.Name, item.Range)),
                                ],
                            }
                            : each
                    ),
                ],
            };

    /// <summary>The first answer of any stage takes the job out of the queue.</summary>
    private static JobRow Heard(this JobRow job, string stage, StageMetering? metering) =>
        job with
        {
            Status = job.Status == JobStatus.Queued ? JobStatus.Running : job.Status,
            Stages = metering is null
                ? job.Stages
                : job.Replace(stage, it => it with { Version = metering.StageVersion }),
        };

    private static JobRow End(this JobRow job, JobStatus status, DateTimeOffset at, JobFailure failure) =>
        job with
        {
            Status = status,
            FinishedAt = at,
            Failure = failure,
            Stages =
            [
                .. job.Stages.Select(stage =>
                    stage with
                    {
                        Items =
                        [
                            .. stage.Items.Select(item =>
                                item.Status is StageStatus.Running or StageStatus.Retrying
                                    ? item with
                                    {
                                        Status = StageStatus.Abandoned,
                                        RetryAt = null,
                                    }
                                    : item
                            ),
                        ],
                    }
                ),
            ],
        };

    /// <summary>Stages begin anew; whatever else had not settled is requested again.</summary>
    private static JobRow Rerun(this JobRow job, IReadOnlyList<string> again) =>
        job with
        {
            Status = JobStatus.Running,
            FinishedAt = null,
            Failure = null,
            Stages =
            [
                .. job.Stages.Select(stage =>
                    stage with
                    {
                        Items = again.Contains(stage.Name) ? Restarted(stage, again) : [.. stage.Items.Select(Renewed)],
                    }
                ),
            ],
        };

    /// <summary>What it works on is known, unless it follows from a stage that begins anew itself. Attempts go on counting.</summary>
    private static IReadOnlyList<JobItem> Restarted(JobStage stage, IReadOnlyList<string> again) =>
        stage.ForEach is { } source && again.Contains(source)
            ? []
            : [.. stage.Items.Select(item => new JobItem(item.Name, item.Range, Attempts: item.Attempts))];

    private static JobItem Renewed(JobItem item) =>
        item.IsSettled ? item : item with { Status = StageStatus.Waiting, RetryAt = null, DeadLettered = false };

    private static JobRow Change(this JobRow job, string stage, string item, Func<JobItem, JobItem> change) =>
        job with
        {
            Stages = job.Replace(
                stage,
                it =>
                    it with
                    {
                        Items = it.Items.Any(known => known.Name == item)
                            ? [.. it.Items.Select(known => known.Name == item ? change(known) : known)]
                            : [.. it.Items, change(new JobItem(item, null))],
                    }
            ),
        };

    private static IReadOnlyList<JobStage> Replace(this JobRow job, string stage, Func<JobStage, JobStage> change) =>
        [.. job.Stages.Select(each => each.Name == stage ? change(each) : each)];

    /// <summary>What follows from the items: the stages' statuses and the progress.</summary>
    private static JobRow Derive(this JobRow job, long version)
    {
        var stages = new List<JobStage>(job.Stages.Count);
        foreach (var stage in job.Stages)
        {
            var nothingToDo =
                stage is { ForEach: { } source, Items.Count: 0 }
                && stages.Exists(earlier => earlier.Name == source && earlier.IsSettled);
            var status = nothingToDo ? StageStatus.Skipped : StatusOf(stage.Items);
            stages.Add(stage.Status == status ? stage : stage with { Status = status });
        }
        return job with
        {
            Version = version,
            Stages = stages,
            Progress = job.Status == JobStatus.Completed ? 100 : 100 * stages.Sum(Settled) / Math.Max(1, stages.Count),
        };
    }

    private static StageStatus StatusOf(IReadOnlyList<JobItem> items)
    {
        bool Any(StageStatus status) => items.Any(item => item.Status == status);
        return items.Count == 0 || items.All(item => item.Status == StageStatus.Waiting) ? StageStatus.Waiting
            : items.All(item => item.IsSettled)
                ? Any(StageStatus.Succeeded) ? StageStatus.Succeeded
                    : StageStatus.Skipped
            : Any(StageStatus.Failed) ? StageStatus.Failed
            : Any(StageStatus.Abandoned) ? StageStatus.Abandoned
            : Any(StageStatus.Running) ? StageStatus.Running
            : Any(StageStatus.Retrying) ? StageStatus.Retrying
            : StageStatus.Running;
    }

    private static double Settled(JobStage stage) =>
        stage.IsSettled ? 1
        : stage.Items.Count == 0 ? 0
        : (double)stage.Items.Count(item => item.IsSettled) / stage.Items.Count;

    private static double SecondsOf(StageMetering? metering) =>
        metering is null ? 0 : (metering.FinishedAt - metering.StartedAt).TotalSeconds;
}
