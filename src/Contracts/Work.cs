using System.Text.Json.Serialization;

namespace EventPipeline.Contracts;

/// <summary>What one work item of a stage is about: the whole video, a chunk, a scene, a clip.</summary>
/// <param name="Name">Unique among the items of its stage, for example <c>chunk-0003</c>.</param>
/// <param name="Range">The stretch of the source timeline that it covers, in seconds; null for the whole video.</param>
public sealed record Item(string Name, TimeRange? Range = null)
{
    /// <summary>The only item of a stage that does not fan out.</summary>
    public static readonly Item WholeVideo = new("video");
}

/// <summary>The output document of an upstream work item.</summary>
public sealed record StageInput(string Stage, string Item, ArtifactReference Output);

/// <summary>One unit of a stage and everything a processor needs to do it: the processor has no database.</summary>
/// <param name="Source">The video itself.</param>
/// <param name="Inputs">Outputs of the stages that this one needs, in the order of the pipeline's stages and of their items.</param>
/// <param name="LeaseSeconds">How long the coordinator waits for a sign of life before it gives this attempt up.</param>
public sealed record WorkItem(
    Guid JobId,
    Guid VideoId,
    string OwnerId,
    string Stage,
    Item Item,
    int Attempt,
    ArtifactReference Source,
    IReadOnlyList<StageInput> Inputs,
    JobOptions Options,
    JobPriority Priority,
    double LeaseSeconds
)
{
    /// <summary>Identity of the unit over all its attempts, and the Kafka key of its messages.</summary>
    [JsonIgnore]
    public string Key => $"{JobId:N}/{Stage}/{Item.Name}";
}

/// <summary>What a job was asked for, beyond its pipeline.</summary>
/// <param name="Highlights">How many clips are wanted at most, 1 to 20.</param>
/// <param name="Variant">Shape of the clips.</param>
/// <param name="BurnSubtitles">Draw the subtitles into the picture; SRT and VTT files are written either way.</param>
/// <param name="Language">Language of the speech, a BCP 47 tag. Never guessed.</param>
public sealed record JobOptions(
    int Highlights = 5,
    ClipVariant Variant = ClipVariant.Original,
    bool BurnSubtitles = false,
    string Language = "en"
);

/// <summary>Shape of a clip.</summary>
public enum ClipVariant
{
    /// <summary>The picture as it is.</summary>
    Original,

    /// <summary>Portrait, 9:16: the screen above, the camera below, as the layout stage found them.</summary>
    Split,
}

/// <summary>Which jobs go first when there is more work than workers.</summary>
public enum JobPriority
{
    /// <summary>When nothing else waits.</summary>
    Low,

    /// <summary>The default.</summary>
    Normal,

    /// <summary>Before all others.</summary>
    High,
}

/// <summary>Why an attempt failed, which decides what happens next.</summary>
public enum FailureKind
{
    /// <summary>The world failed (time-out, lost connection, full disk): trying again may help.</summary>
    Transient,

    /// <summary>Trying again cannot help.</summary>
    Permanent,

    /// <summary>The input is at fault; its owner can act on the reason.</summary>
    Rejected,
}

/// <summary>What a processor says of an attempt. It goes to <c>stage.results</c>, keyed by job id.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "outcome")]
[JsonDerivedType(typeof(OutcomeSucceeded), "succeeded")]
[JsonDerivedType(typeof(OutcomeFailed), "failed")]
public abstract record Outcome(Guid JobId, string Stage, string Item, int Attempt, StageMetering Metering);

/// <summary>The attempt did its work.</summary>
/// <param name="Output">The facts as one document in the object store (<see cref="FactDocument"/>); null if there are none.</param>
/// <param name="Facts">The same facts inline; one over 256 KiB is replaced by a <see cref="FactStored"/>.</param>
/// <param name="Items">Items for the stages that fan out over this one.</param>
public sealed record OutcomeSucceeded(
    Guid JobId,
    string Stage,
    string Item,
    int Attempt,
    ArtifactReference? Output,
    IReadOnlyList<Fact> Facts,
    IReadOnlyList<Item> Items,
    StageMetering Metering
) : Outcome(JobId, Stage, Item, Attempt, Metering);

/// <summary>The attempt failed.</summary>
/// <param name="Reason">A sentence a user can act on, without internals.</param>
public sealed record OutcomeFailed(
    Guid JobId,
    string Stage,
    string Item,
    int Attempt,
    FailureKind Kind,
    string Reason,
    StageMetering Metering
) : Outcome(JobId, Stage, Item, Attempt, Metering);

/// <summary>A sign of life of an attempt: it renews the lease and feeds progress bars. Short-lived, never recorded.</summary>
/// <param name="Percent">0 to 100 of this attempt.</param>
/// <param name="Activity">What is being done now, a few words.</param>
/// <param name="RemainingSeconds">Estimate of the processor; null if it has none.</param>
/// <param name="IsWaiting">A worker holds the attempt until it has room for it; nobody has begun it.</param>
public sealed record Progress(
    Guid JobId,
    string Stage,
    string Item,
    int Attempt,
    double Percent,
    string Activity,
    double? RemainingSeconds,
    string WorkerId,
    DateTimeOffset At,
    bool IsWaiting = false
);
