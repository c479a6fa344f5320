using System.Text.Json;
using EventPipeline.Contracts;
using EventPipeline.EventStore;
using EventPipeline.TestSupport;

namespace EventPipeline.Faults.Checking;

/// <summary>Evidence made by hand: one job of one stage that went well, to be spoiled by a test.</summary>
internal sealed class History
{
    public const string Stage = "clip";
    public static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    public static readonly Guid JobId = Identifiers.Derive("job");
    public static readonly Guid VideoId = Identifiers.Derive("video");
    public static readonly ArtifactReference Source = new(ObjectKeys.Source(VideoId, ".mp4"), "s", 1, "video/mp4");
    public static readonly ArtifactReference Clip = new($"videos/clips/{VideoId}/clip.mp4", "c", 2, "video/mp4");

    private static readonly Pipeline Pipeline = new("test", 1, [new(Stage, [], MaximumAttempts: 3)]);
    private static readonly StageMetering Metering = TestMetering.Of(Stage);

    public List<LogEntry> Log { get; } = [];

    public List<string> Rows { get; } =
    [
        $$"""jobs {"id": "{{JobId}}", "status": "completed", "failure": null}""",
        $$"""clips {"job_id": "{{JobId}}", "name": "video", "video": {"key": "{{Clip.Key}}", "sha256": "c"} }""",
    ];

    public static StageRequested Requested(int attempt) =>
        new(
            new WorkItem(
                JobId,
                VideoId,
                "owner",
                Stage,
                Item.WholeVideo,
                attempt,
                Source,
                [],
                new JobOptions(),
                JobPriority.Normal,
                2
            ),
            Start
        );

    public static ClipProduced Produced { get; } =
        new("video", ClipVariant.Original, 0, 1, 1, 0, false, Clip, null, null, null);

    public static StageSucceeded Succeeded(int attempt) => new(Stage, "video", attempt, null, [], Start);

    public static StageFailed Failed(int attempt, double? retryAfter = 1) =>
        new(
            Stage,
            "video",
            attempt,
            FailureKind.Transient,
            "It is away.",
            retryAfter is { } seconds ? Start.AddSeconds(seconds) : null,
            Start
        );

    public static StageLost Lost(int attempt) => new(Stage, "video", attempt, "Nobody was heard.", Start);

    public static JobFailed JobFailed(FailureKind kind, string reason = "It cannot be done.") =>
        new(kind, Stage, reason, Start);

    public static JobCompleted Completed { get; } = new(Start);

    /// <summary>A job that went well.</summary>
    public static History Good() =>
        new History()
            .Add(
                new JobStarted(
                    JobId,
                    VideoId,
                    "owner",
                    Pipeline,
                    new JobOptions(),
                    JobPriority.Normal,
                    Source,
                    "owner",
                    Start
                )
            )
            .Add(Requested(1))
            .Add(Produced)
            .Add(Succeeded(1))
            .Add(Completed);

    /// <summary>A job that has begun.</summary>
    public static History Begun()
    {
        var history = Good();
        history.Log.RemoveRange(2, 3);
        return history;
    }

    public History Add(Event @event, double after = 0.1, Guid? stream = null)
    {
        var id = stream ?? JobId;
        Log.Add(
            new LogEntry(
                new Position(1, Log.Count + 1),
                Identifiers.Derive("event", $"{Log.Count}"),
                id,
                Log.Count(entry => entry.StreamId == id) + 1,
                @event,
                @event is Fact ? new EventHeaders("worker", null, Metering) : null,
                (Log.Count == 0 ? Start : Log[^1].SeenAt).AddSeconds(after)
            )
        );
        return this;
    }

    public Evidence Evidence =>
        new(
            [new SubmittedJob(JobId, VideoId, Pipeline, Start)],
            Log,
            [.. Log.SelectMany(Published)],
            Position.Start,
            [new FoundObject(Source.Key, "s", 1), new FoundObject(Clip.Key, "c", 2)],
            [],
            [.. Rows, .. Log.Select(TimelineRow)],
            [.. Rows, .. Log.Select(TimelineRow)],
            [],
            [],
            0,
            [],
            new Dictionary<string, long>(),
            Log[^1].SeenAt.AddSeconds(1)
        );

    private static string TimelineRow(LogEntry entry) =>
        "timeline "
        + JsonSerializer.Serialize(
            new Dictionary<string, object>
            {
                ["stream_id"] = entry.StreamId,
                ["version"] = entry.Version,
                ["sentence"] = $"It happened: {entry.Data}",
            }
        );

    private static IEnumerable<TopicMessage> Published(LogEntry entry)
    {
        var topics = new Topics();
        var message = new CloudEvent(
            entry.EventId.ToString(),
            "log",
            EventTypes.NameOf(entry.Data!),
            entry.StreamId.ToString(),
            Start,
            EventTypes.Write(entry.Data!),
            StreamVersion: entry.Version
        );
        yield return Message(entry.Data is VideoEvent ? topics.VideoEvents : topics.JobEvents, message);
        if (entry.Data is StageRequested)
            yield return Message(
                topics.Stage(Stage),
                message with
                {
                    Type = CloudEvent.WorkItem,
                    StreamVersion = null,
                }
            );

        TopicMessage Message(string topic, CloudEvent @event) =>
            new(topic, 0, entry.Position.Sequence, @event.Subject, @event.Write(), entry.SeenAt);
    }
}
