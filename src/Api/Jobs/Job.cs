using EventPipeline.Contracts;
using EventPipeline.GraphQL.Annotations;
using EventPipeline.Projections.Jobs;

namespace EventPipeline.Api.Jobs;

/// <summary>A run of a pipeline over a video.</summary>
/// <param name="Row">The job.</param>
/// <param name="Then">All that it had found, if it is asked for as it was; null if it is as it is now.</param>
public sealed record Job([property: GraphQLIgnore] JobHeader Row, [property: GraphQLIgnore] JobDetails? Then = null)
{
    /// <summary>Unique among all objects.</summary>
    [ID]
    public Guid Id => Row.Id;

    /// <summary>How many events it consists of.</summary>
    public long Version => Row.Version;

    /// <summary>The name of the pipeline.</summary>
    public string Pipeline => Row.Pipeline;

    /// <summary>The version of the pipeline.</summary>
    public int PipelineVersion => Row.PipelineVersion;

    /// <summary>What became of it.</summary>
    public JobStatus Status => Row.Status;

    /// <summary>Percent of the stages that are settled, 0 to 100.</summary>
    public double Progress => Row.Progress;

    /// <summary>Whether it goes before others.</summary>
    public JobPriority Priority => Row.Priority;

    /// <summary>Who started it.</summary>
    public string StartedBy => Row.StartedBy;

    /// <summary>When it was started.</summary>
    public DateTimeOffset StartedAt => Row.StartedAt;

    /// <summary>When it ended; null while it has not.</summary>
    public DateTimeOffset? FinishedAt => Row.FinishedAt;

    /// <summary>Why it ended without its result; null otherwise.</summary>
    public Failure? Failure => Row.Failure is { } it ? new Failure(it.Reason, it.Stage, it.Kind) : null;

    /// <summary>How many results came after their attempts had been given up.</summary>
    public int RefusedOutcomes => Row.RefusedOutcomes;
}

/// <summary>Why a job ended without its result.</summary>
/// <param name="Reason">A sentence that the owner of the video can act on.</param>
/// <param name="Stage">The stage that failed; null if somebody cancelled the job.</param>
/// <param name="Kind">What is at fault; null if somebody cancelled the job.</param>
public sealed record Failure(string Reason, string? Stage, FailureKind? Kind);

/// <summary>What the file is.</summary>
public sealed record Media([property: GraphQLIgnore] MediaProbed Fact)
{
    /// <summary>The container format.</summary>
    public string Container => Fact.Container;

    /// <summary>How long it lasts.</summary>
    public double DurationSeconds => Fact.DurationSeconds;

    /// <summary>Whether there is a picture.</summary>
    public bool HasVideo => Fact.HasVideo;

    /// <summary>Whether there is sound.</summary>
    public bool HasAudio => Fact.HasAudio;

    /// <summary>Pixels, as it is shown.</summary>
    public int Width => Fact.Width;

    /// <summary>Pixels, as it is shown.</summary>
    public int Height => Fact.Height;

    /// <summary>Average frames per second; 0 without a picture.</summary>
    public double FrameRate => Fact.FrameRate;

    /// <summary>The codec of the picture; null without one.</summary>
    public string? VideoCodec => Fact.VideoCodec;

    /// <summary>The codec of the sound; null without one.</summary>
    public string? AudioCodec => Fact.AudioCodec;
}

/// <summary>A stage of a job.</summary>
public sealed record Stage([property: GraphQLIgnore] JobStage Row)
{
    /// <summary>Its name in the pipeline.</summary>
    public string Name => Row.Name;

    /// <summary>The stages that have to be settled before.</summary>
    public IReadOnlyList<string> Needs => Row.Needs;

    /// <summary>Whether the job goes on without it if it fails.</summary>
    public bool IsOptional => Row.Optional;

    /// <summary>The version of its code, from its last outcome; null before.</summary>
    public string? Version => Row.Version;

    /// <summary>What became of it.</summary>
    public StageStatus Status => Row.Status;

    /// <summary>Attempts that were requested, over all items.</summary>
    public int Attempts => Row.Attempts;

    /// <summary>Working time of all attempts; more than the time that passed if items ran side by side.</summary>
    public double Seconds => Row.Seconds;

    /// <summary>The units that it works on, as far as they are known: the whole video, chunks, clips.</summary>
    [ListSize(3)]
    public IEnumerable<StageItem> Items => Row.Items.Select(item => new StageItem(item));
}

/// <summary>A unit that a stage works on.</summary>
public sealed record StageItem([property: GraphQLIgnore] JobItem Row)
{
    /// <summary>Its name, unique in its stage.</summary>
    public string Name => Row.Name;

    /// <summary>What became of it.</summary>
    public StageStatus Status => Row.Status;

    /// <summary>Where it starts, in seconds; null for the whole video.</summary>
    public double? Start => Row.Range?.Start;

    /// <summary>Where it ends, in seconds; null for the whole video.</summary>
    public double? End => Row.Range?.End;

    /// <summary>How often it was requested.</summary>
    public int Attempts => Row.Attempts;

    /// <summary>Working time of all attempts.</summary>
    public double Seconds => Row.Seconds;

    /// <summary>Why the last attempt failed, or why the item was skipped; null otherwise.</summary>
    public string? Reason => Row.Reason;

    /// <summary>When it is tried again; null if it is not waiting for that.</summary>
    public DateTimeOffset? RetryAt => Row.RetryAt;

    /// <summary>Whether its last allowed attempt failed, so that somebody may ask for more.</summary>
    public bool IsDeadLettered => Row.DeadLettered;
}
