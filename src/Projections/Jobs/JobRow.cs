using System.Text.Json.Serialization;
using EventPipeline.Contracts;
using EventPipeline.Projections.Projecting;

namespace EventPipeline.Projections.Jobs;

/// <summary>A job without what is JSON in its row and costs the most to read: what lists show.</summary>
/// <param name="Version">The last event in it.</param>
/// <param name="Progress">Percent of the stages that are settled, 0 to 100; a stage that fans out counts by its items.</param>
/// <param name="RefusedOutcomes">How many results came too late.</param>
public record JobHeader(
    Guid Id,
    long Version,
    Guid VideoId,
    string OwnerId,
    string Pipeline,
    int PipelineVersion,
    JobStatus Status,
    JobPriority Priority,
    string StartedBy,
    DateTimeOffset StartedAt,
    DateTimeOffset? FinishedAt,
    double Progress,
    JobFailure? Failure,
    int RefusedOutcomes
)
{
    /// <summary>Whether something may still happen by itself.</summary>
    [JsonIgnore]
    public bool IsOpen => Status is JobStatus.Queued or JobStatus.Running;
}

/// <summary>A job as its events tell it. Nobody sets a status: it follows.</summary>
/// <inheritdoc cref="JobHeader" path="/param" />
/// <param name="Media">What the probe found; null before.</param>
/// <param name="Stages">In the order of the pipeline.</param>
public sealed record JobRow(
    Guid Id,
    long Version,
    Guid VideoId,
    string OwnerId,
    string Pipeline,
    int PipelineVersion,
    JobStatus Status,
    JobPriority Priority,
    JobOptions Options,
    ArtifactReference Source,
    string StartedBy,
    DateTimeOffset StartedAt,
    DateTimeOffset? FinishedAt,
    double Progress,
    JobFailure? Failure,
    MediaProbed? Media,
    int RefusedOutcomes,
    IReadOnlyList<JobStage> Stages
)
    : JobHeader(
        Id,
        Version,
        VideoId,
        OwnerId,
        Pipeline,
        PipelineVersion,
        Status,
        Priority,
        StartedBy,
        StartedAt,
        FinishedAt,
        Progress,
        Failure,
        RefusedOutcomes
    ),
        IStreamRow;

/// <summary>What a job works on.</summary>
/// <param name="Media">What the probe found; null before.</param>
public sealed record JobInput(Guid Id, JobOptions Options, MediaProbed? Media);

/// <summary>The stages of a job, in the order of the pipeline.</summary>
public sealed record JobStages(Guid Id, IReadOnlyList<JobStage> Stages);

/// <summary>What became of a job.</summary>
public enum JobStatus
{
    /// <summary>No stage has answered yet.</summary>
    Queued,

    /// <summary>Some stages are not settled.</summary>
    Running,

    /// <summary>Every stage settled.</summary>
    Completed,

    /// <summary>It ended without its result.</summary>
    Failed,

    /// <summary>Someone called it off.</summary>
    Cancelled,
}

/// <summary>Why a job ended without its result, or was called off.</summary>
/// <param name="Stage">Null if someone cancelled it.</param>
/// <param name="Reason">A sentence that the owner of the video can act on.</param>
public sealed record JobFailure(FailureKind? Kind, string? Stage, string Reason);

/// <summary>A stage of a job.</summary>
/// <param name="Version">Of the stage's code, from its last outcome; null before.</param>
/// <param name="Items">Known so far; a stage that fans out learns them from the stage it fans out over.</param>
public sealed record JobStage(
    string Name,
    IReadOnlyList<string> Needs,
    string? ForEach,
    bool Optional,
    string? Version,
    StageStatus Status,
    IReadOnlyList<JobItem> Items
)
{
    /// <summary>Attempts that were requested, over all items.</summary>
    [JsonIgnore]
    public int Attempts => Items.Sum(item => item.Attempts);

    /// <summary>Working time of all attempts that were heard of, over all items; more than the time that passed if items ran side by side.</summary>
    [JsonIgnore]
    public double Seconds => Items.Sum(item => item.Seconds);

    /// <summary>Whether nothing more will happen to it by itself.</summary>
    [JsonIgnore]
    public bool IsSettled => Status is StageStatus.Succeeded or StageStatus.Skipped;
}

/// <summary>What became of a stage, or of an item of it.</summary>
public enum StageStatus
{
    /// <summary>Its turn has not come.</summary>
    Waiting,

    /// <summary>Requested.</summary>
    Running,

    /// <summary>Failed, and tried again later.</summary>
    Retrying,

    /// <summary>Has an accepted outcome.</summary>
    Succeeded,

    /// <summary>The job goes on without it.</summary>
    Skipped,

    /// <summary>Failed for good.</summary>
    Failed,

    /// <summary>The job ended before it did.</summary>
    Abandoned,
}

/// <summary>An item of a stage.</summary>
/// <param name="Seconds">Working time of all attempts that were heard of.</param>
/// <param name="Reason">Why the last attempt failed, or the item was skipped; null otherwise.</param>
/// <param name="RetryAt">When it is tried again.</param>
/// <param name="DeadLettered">Its last allowed attempt failed; someone may redrive it.</param>
/// <param name="Redrives">How often someone did.</param>
public sealed record JobItem(
    string Name,
    TimeRange? Range,
    StageStatus Status = StageStatus.Waiting,
    int Attempts = 0,
    double Seconds = 0,
    string? Reason = null,
    DateTimeOffset? RetryAt = null,
    bool DeadLettered = false,
    int Redrives = 0
)
{
    /// <summary>Whether nothing more will happen to it by itself.</summary>
    [JsonIgnore]
    public bool IsSettled => Status is StageStatus.Succeeded or StageStatus.Skipped;
}
