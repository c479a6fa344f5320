namespace EventPipeline.Contracts.Tests;

/// <summary>One event of every type, with every member set, so that its whole shape is pinned.</summary>
internal static class Samples
{
    public static readonly DateTimeOffset Time = new(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);
    public static readonly Guid Id = new("0198c0de-0000-7000-8000-000000000001");
    public static readonly ArtifactReference Artifact = new(
        "facts/key.json",
        new string('0', 64),
        1234,
        "application/json"
    );
    private static readonly TimeRange Range = new(1.5, 2.25);
    private static readonly Item Chunk = new("chunk-0001", Range);
    private static readonly JobOptions Options = new(3, ClipVariant.Split, true, "de-AT");
    private static readonly PictureRegion Region = new(1, 2, 3, 4);
    private static readonly TranscriptSegment Sentence = new(1, 2, "Hi.", 0.9, [new(1, 1.5, "Hi.", 0.8, true)]);
    private static readonly Dictionary<string, double> Measures = new() { ["speech"] = 0.5 };

    public static readonly WorkItem Work = new(
        Id,
        Id,
        "owner",
        "transcribe",
        Chunk,
        2,
        Artifact,
        [new("probe", "video", Artifact)],
        Options,
        JobPriority.High,
        30
    );

    public static readonly StageMetering Metering = new(
        "transcribe",
        "chunk-0001",
        2,
        "1.0",
        "in",
        "out",
        "model@1",
        "p1",
        "ph",
        "w1",
        "$1",
        12,
        0.75,
        Time,
        Time,
        0.25,
        "worker-1"
    );

    public static readonly EventHeaders Headers = new("worker:1", "00-trace-span-01", Metering);

    public static readonly IReadOnlyList<Event> Events =
    [
        new VideoRegistered(Id, "owner", "talk.mp4", Artifact, "user:owner", Time),
        new VideoDiscarded(Id, "It is not a video.", Time),
        new VideoDeleted("user:owner", "It is not needed any more.", Time),
        new JobStarted(
            Id,
            Id,
            "owner",
            new Pipeline("p", 2, [new("a", []), new("b", ["a"], "a", true, 4, 60, 1.5)]),
            Options,
            JobPriority.Low,
            Artifact,
            "user:owner",
            Time
        ),
        new StageRequested(Work, Time),
        new StageSucceeded("features", "video", 1, Artifact, [Chunk, Item.WholeVideo], Time, Time),
        new StageFailed("features", "video", 1, FailureKind.Transient, "Try again.", Time, Time, Time),
        new StageLost("features", "video", 1, "Silence.", Time),
        new LateOutcomeRefused("features", "video", 1, Time, Time),
        new StageSkipped("layout", "video", "It is optional.", Time),
        new StageDeadLettered(Work, "The last attempt failed.", Time),
        new StageRedriven("features", "video", "user:operator", Time),
        new StageRerun("features", ["features", "transcribe"], "user:owner", "The chunks were wrong.", Time),
        new JobCompleted(Time),
        new JobFailed(FailureKind.Rejected, "probe", "The file is not a video.", Time),
        new JobCancelled("user:owner", "Changed my mind.", Time),
        new FactStored("transcript_produced", Artifact),
        new MediaProbed(
            "mp4",
            60,
            true,
            true,
            1920,
            1080,
            25,
            true,
            90,
            "h264",
            "aac",
            2,
            48000,
            1,
            1,
            [new(0, "mov_text", "eng", true)]
        ),
        new SilencesDetected(-60, -40, 0.4, [Range]),
        new ScenesDetected([new(1.5, 42, SceneCutKind.Cut), new(2, 100, SceneCutKind.Fade)], [Range]),
        new PictureMeasured([Range], [Range], 4.5),
        new LoudnessMeasured(-23, 5, -1, [-120, -20.5]),
        new SpeechDetected([Range], [new("chunk-0001", [Range], Artifact)]),
        new LayoutDetected(LayoutKind.PictureInPicture, Region, Region, Region, 0.9),
        new ChunkTranscribed("chunk-0001", "en", "engine@1", [Sentence], 1),
        new TranscriptProduced(
            TranscriptSource.Captions,
            "en",
            "captions",
            [Sentence],
            1,
            Artifact,
            Artifact,
            Artifact
        ),
        new SegmentsAnalyzed("method@1", ["speech"], [new(1, 2, "Topic", ["word"], 0.7, Measures)]),
        new HighlightsSelected(
            "w1",
            ["speech"],
            [new("clip-001", 1, 2, "Title", 0.8, "It is good.", Measures)],
            [new(2, 3, "Silence.")]
        ),
        new ClipProduced(
            "clip-001",
            ClipVariant.Split,
            1,
            2,
            1.001,
            0.02,
            true,
            Artifact,
            Artifact,
            Artifact,
            Artifact
        ),
        new StoryboardProduced([new(1, Artifact)], Artifact, Artifact, Artifact),
        new Echoed("hello"),
    ];
}
