using EventPipeline.Projections.Clips;
using EventPipeline.Projections.Costs;
using EventPipeline.Projections.Highlights;
using EventPipeline.Projections.Scenes;
using EventPipeline.Projections.Segments;
using EventPipeline.Projections.Silences;
using EventPipeline.Projections.Storyboards;
using EventPipeline.Projections.Transcripts;
using EventPipeline.Projections.Videos;

namespace EventPipeline.Projections.Jobs;

/// <summary>A job and everything that it found so far, in the order of the timeline.</summary>
/// <param name="Video">Null if the job was started over a video that nobody registered.</param>
/// <param name="Transcript">Null before there is one.</param>
/// <param name="Storyboard">Null before there is one, or if the stage was skipped.</param>
/// <param name="Costs">The ledger; <see cref="CostSum.Of"/> adds it up.</param>
public sealed record JobDetails(
    JobRow Job,
    VideoRow? Video,
    TranscriptRow? Transcript,
    IReadOnlyList<SilenceRow> Silences,
    IReadOnlyList<SceneRow> Scenes,
    IReadOnlyList<SegmentRow> Segments,
    IReadOnlyList<HighlightRow> Highlights,
    IReadOnlyList<RemovedRow> Removed,
    IReadOnlyList<ClipRow> Clips,
    StoryboardRow? Storyboard,
    IReadOnlyList<CostRow> Costs
);

/// <summary>An item that ran out of attempts; someone may redrive it.</summary>
/// <param name="Redrives">How often someone did already.</param>
public sealed record DeadLetter(
    Guid JobId,
    Guid VideoId,
    string OwnerId,
    string Stage,
    string Item,
    int Attempts,
    int Redrives,
    string? Reason
);

/// <summary>Which dead letters; what is null does not restrict.</summary>
/// <param name="Reason">Text within the reason, in any case.</param>
public sealed record DeadLetterFilter(
    Guid? JobId = null,
    string? Stage = null,
    string? Item = null,
    string? Reason = null
);

/// <summary>Which jobs; what is null does not restrict.</summary>
public sealed record JobFilter(
    string? OwnerId = null,
    Guid? VideoId = null,
    string? Pipeline = null,
    JobStatus? Status = null
);

/// <summary>Which jobs a list has; what is null does not restrict.</summary>
/// <param name="Statuses">Any of these.</param>
/// <param name="StartedFrom">Started then or later.</param>
/// <param name="StartedBefore">Started earlier.</param>
/// <param name="Text">Part of the video's file name, whatever its case.</param>
public sealed record JobSearch(
    string? OwnerId = null,
    string? Pipeline = null,
    IReadOnlyList<JobStatus>? Statuses = null,
    DateTimeOffset? StartedFrom = null,
    DateTimeOffset? StartedBefore = null,
    string? Text = null
);
