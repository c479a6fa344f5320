using EventPipeline.Contracts;
using EventPipeline.Domain.Jobs;
using EventPipeline.EventStore;
using EventPipeline.Projections.Projecting;

namespace EventPipeline.Projections.Tests;

/// <summary>What happened to a job, as the domain decided it: lectures through the real pipeline, with failures by chance.</summary>
internal sealed class History
{
    private static readonly DateTimeOffset Epoch = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private static readonly Guid Space = new("0198c0de-0000-7000-8000-000000000000");

    private readonly List<(Event Data, EventHeaders Headers)> events = [];
    private Job job = Job.Initial;
    private DateTimeOffset now;

    public History(int number, Pipeline? pipeline = null, string owner = "owner", string? video = null)
    {
        JobId = Identifiers.Derive(Space.ToString(), "job", $"{number}");
        VideoId = Identifiers.Video(owner, video ?? $"{number}");
        now = Epoch.AddMinutes(number);
        Do(
            new StartJob(
                JobId,
                VideoId,
                owner,
                pipeline ?? Pipelines.LectureHighlights,
                new JobOptions(),
                JobPriority.Normal,
                Artifact("source"),
                "user:" + owner
            )
        );
    }

    public Guid JobId { get; }

    public Guid VideoId { get; }

    public IEnumerable<ProjectedEvent> Events =>
        events.Select((it, index) => new ProjectedEvent(JobId, index + 1, Epoch, it.Data, it.Headers));

    public IReadOnlyList<NewEvent> New =>
        [.. events.Select((it, index) => ToNew(JobId, index, it.Data, it.Headers, Epoch))];

    public static NewEvent ToNew(Guid stream, int index, Event data, EventHeaders headers, DateTimeOffset at) =>
        new(
            Identifiers.Derive(stream.ToString(), $"{index}"),
            EventTypes.NameOf(data),
            EventTypes.Write(data),
            System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(headers, ContractJson.Options),
            stream.ToString(),
            null,
            at
        );

    public static StreamAppend Registered(Guid videoId, string owner = "owner") =>
        new(
            videoId,
            "video",
            0,
            [
                ToNew(
                    videoId,
                    0,
                    new VideoRegistered(videoId, owner, "talk.mp4", Artifact("source"), "user:" + owner, Epoch),
                    new EventHeaders("user:" + owner),
                    Epoch
                ),
            ]
        );

    public static StreamAppend Deleted(Guid videoId, string owner = "owner") =>
        new(
            videoId,
            "video",
            1,
            [
                ToNew(
                    videoId,
                    1,
                    new VideoDeleted("user:" + owner, "Not needed.", Epoch),
                    new EventHeaders("user:" + owner),
                    Epoch
                ),
            ]
        );

    /// <summary>A run in which everything may happen, the same for the same number.</summary>
    public static History Random(int number)
    {
        var random = new Random(number);
        var history = new History(number, video: $"{number / 2}");
        RunOn(history, random);
        for (var again = random.Next(3); again > 0; again--)
        {
            history.Rerun(Pipelines.LectureHighlights.Stages[random.Next(9)].Name);
            RunOn(history, random);
        }
        return history;
    }

    private static void RunOn(History history, Random random)
    {
        for (var step = 0; step < 200 && history.Open is [_, ..] open; step++)
        {
            var (stage, item) = open[random.Next(open.Count)];
            switch (random.Next(40))
            {
                case < 30:
                    history.Succeed(stage, item);
                    break;
                case < 35:
                    history.Fail(stage, item, FailureKind.Transient);
                    break;
                case 35:
                    history.Fail(stage, item, FailureKind.Permanent);
                    break;
                case 36:
                    history.Lose(stage, item);
                    break;
                case 37 when random.Next(10) == 0:
                    history.Do(new CancelJob("user:owner", "Changed my mind."));
                    break;
                default:
                    history.RetryAll();
                    break;
            }
            history.RetryAll();
            if (history.job is { Status: JobStatus.Failed, Failure: { } failure } && random.Next(2) == 0)
                history.Redrive(failure.Stage);
        }
    }

    /// <summary>Works off everything without a failure.</summary>
    public History Complete()
    {
        while (Open is [var (stage, item), ..])
            Succeed(stage, item);
        return this;
    }

    /// <summary>What was requested and has no outcome yet.</summary>
    public IReadOnlyList<(string Stage, string Item)> Open =>
        job.Status != JobStatus.Running
            ? []
            :
            [
                .. from stage in job.Stages
                from work in stage.Works
                where work.Phase == WorkPhase.Requested
                select (stage.Definition.Name, work.Item.Name),
            ];

    public History Succeed(string stage, string item = "video")
    {
        var (facts, items) = Findings(stage, item);
        if (events.Any(it => it.Data is StageRerun))
            (facts, items) = (
                [.. facts.Select(FoundAgain)],
                stage == "select" ? [new("clip-002", new TimeRange(1, 9))] : [.. items.Skip(1)]
            );
        var attempt = job.FindWork(stage, item)!.Attempt;
        return Do(
            new SettleOutcome(
                new OutcomeSucceeded(
                    JobId,
                    stage,
                    item,
                    attempt,
                    Artifact(stage + item),
                    facts,
                    items,
                    Metering(stage, item, attempt)
                )
            )
        );
    }

    public History Fail(string stage, string item = "video", FailureKind kind = FailureKind.Transient)
    {
        var attempt = job.FindWork(stage, item)!.Attempt;
        return Do(
            new SettleOutcome(
                new OutcomeFailed(
                    JobId,
                    stage,
                    item,
                    attempt,
                    kind,
                    $"{stage} did not like it.",
                    Metering(stage, item, attempt)
                )
            )
        );
    }

    public History Lose(string stage, string item) =>
        Do(new ExpireLease(stage, item, job.FindWork(stage, item)!.Attempt, true));

    public History RetryAll()
    {
        now += TimeSpan.FromMinutes(10);
        foreach (var stage in job.Stages)
        foreach (var work in stage.Works.Where(work => work.Phase == WorkPhase.Backoff))
            Do(new RetryDue(stage.Definition.Name, work.Item.Name, work.Attempt));
        return this;
    }

    public History Redrive(string stage)
    {
        if (job.FindStage(stage)?.Works.FirstOrDefault(work => work.Phase == WorkPhase.Failed) is { } failed)
            Do(new RedriveStage(stage, failed.Item.Name, "user:operator"));
        return this;
    }

    /// <summary>Asks for a stage to be run again; from now on, stages find less and call it otherwise.</summary>
    public History Rerun(string stage, string? reason = null) => Do(new RerunStage(stage, "user:owner", reason));

    public History Do(JobCommand command)
    {
        now += TimeSpan.FromSeconds(1);
        var metering = command is SettleOutcome { Outcome: var outcome } ? outcome.Metering : null;
        foreach (var @event in JobDecider.Decide(job, command, now).Events)
        {
            job = Job.Evolve(job, @event);
            var concerns = @event is Fact or StageSucceeded or StageFailed;
            events.Add((@event, new EventHeaders("coordinator", null, concerns ? metering : null)));
        }
        return this;
    }

    /// <summary>As if the facts of a type had been too large for the log.</summary>
    public void Replace<TFact>(Func<TFact, FactStored> stored)
        where TFact : Fact
    {
        for (var i = 0; i < events.Count; i++)
        {
            if (events[i].Data is TFact fact)
                events[i] = (stored(fact), events[i].Headers);
        }
    }

    public static ArtifactReference Artifact(string name) =>
        new($"things/{name}", new string('a', 64), 10, "application/json");

    private StageMetering Metering(string stage, string item, int attempt) =>
        new(
            stage,
            item,
            attempt,
            "1.2",
            "in",
            "out",
            "engine@1",
            null,
            null,
            "w1",
            null,
            5,
            60,
            now,
            now.AddSeconds(2),
            1.5,
            "w"
        );

    private static Fact FoundAgain(Fact fact) =>
        fact switch
        {
            SilencesDetected it => it with { Regions = [.. it.Regions.Skip(1)] },
            ScenesDetected it => it with { Scenes = [.. it.Scenes.Skip(1)] },
            TranscriptProduced it => it with { Segments = [.. it.Segments.Skip(1)] },
            SegmentsAnalyzed it => it with { Segments = [] },
            HighlightsSelected it => it with
            {
                Highlights = [.. it.Highlights.Select(one => one with { Name = "clip-002" })],
                Removed = [],
            },
            _ => fact,
        };

    private static (Fact[] Facts, Item[] Items) Findings(string stage, string item) =>
        stage switch
        {
            "probe" => (
                [new MediaProbed("mp4", 60, true, true, 640, 360, 25, false, 0, "h264", "aac", 2, 48000, 1, 1, [])],
                []
            ),
            "features" => (
                [
                    new SilencesDetected(-60, -40, 0.4, [new(5, 6), new(20, 21.5)]),
                    new ScenesDetected([new(30, 42, SceneCutKind.Cut)], [new(0, 30), new(30, 60)]),
                ],
                [new("chunk-0001", new TimeRange(0, 5)), new("chunk-0002", new TimeRange(6, 20))]
            ),
            "transcribe" => ([new ChunkTranscribed(item, "en", "engine@1", [], 0)], []),
            "transcript" => (
                [
                    new TranscriptProduced(
                        TranscriptSource.Speech,
                        "en",
                        "engine@1",
                        [new(0, 2, "Welcome to the course.", 0.9, []), new(2, 5, "Today: event logs.", 0.8, [])],
                        0,
                        Artifact("t"),
                        Artifact("srt"),
                        Artifact("vtt")
                    ),
                ],
                []
            ),
            "analyze" => (
                [
                    new SegmentsAnalyzed(
                        "m@1",
                        ["speech"],
                        [new(0, 30, "Welcome", ["course"], 0.5, new Dictionary<string, double> { ["speech"] = 0.25 })]
                    ),
                ],
                []
            ),
            "select" => (
                [
                    new HighlightsSelected(
                        "w1",
                        ["speech"],
                        [new("clip-001", 1, 9, "Welcome", 0.8, "It is good.", new Dictionary<string, double>())],
                        [new(20, 21.5, "Silence.")]
                    ),
                ],
                [new("clip-001", new TimeRange(1, 9))]
            ),
            "compile" => (
                [
                    new ClipProduced(
                        item,
                        ClipVariant.Original,
                        1,
                        9,
                        8.01,
                        0.01,
                        false,
                        Artifact("clip"),
                        null,
                        null,
                        null
                    ),
                ],
                []
            ),
            "storyboard" => (
                [new StoryboardProduced([new(0, Artifact("frame"))], Artifact("sprite"), Artifact("map"), null)],
                []
            ),
            _ => ([], []),
        };
}
