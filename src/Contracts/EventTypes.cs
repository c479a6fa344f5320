using System.Collections.Frozen;
using System.Text.Json;

namespace EventPipeline.Contracts;

/// <summary>The stable names of events. A name is written to the log and to Kafka and never changes, whatever becomes of the
/// .NET type; names follow Marten's alias rule (snake case), so that Marten can read the streams.</summary>
public static class EventTypes
{
    private static readonly FrozenDictionary<string, Type> ByName = new Dictionary<string, Type>(StringComparer.Ordinal)
    {
        ["video_registered"] = typeof(VideoRegistered),
        ["video_discarded"] = typeof(VideoDiscarded),
        ["video_deleted"] = typeof(VideoDeleted),
        ["job_started"] = typeof(JobStarted),
        ["stage_requested"] = typeof(StageRequested),
        ["stage_succeeded"] = typeof(StageSucceeded),
        ["stage_failed"] = typeof(StageFailed),
        ["stage_lost"] = typeof(StageLost),
        ["late_outcome_refused"] = typeof(LateOutcomeRefused),
        ["stage_skipped"] = typeof(StageSkipped),
        ["stage_dead_lettered"] = typeof(StageDeadLettered),
        ["stage_redriven"] = typeof(StageRedriven),
        ["stage_rerun"] = typeof(StageRerun),
        ["job_completed"] = typeof(JobCompleted),
        ["job_failed"] = typeof(JobFailed),
        ["job_cancelled"] = typeof(JobCancelled),
        ["fact_stored"] = typeof(FactStored),
        ["media_probed"] = typeof(MediaProbed),
        ["silences_detected"] = typeof(SilencesDetected),
        ["scenes_detected"] = typeof(ScenesDetected),
        ["picture_measured"] = typeof(PictureMeasured),
        ["loudness_measured"] = typeof(LoudnessMeasured),
        ["speech_detected"] = typeof(SpeechDetected),
        ["layout_detected"] = typeof(LayoutDetected),
        ["chunk_transcribed"] = typeof(ChunkTranscribed),
        ["transcript_produced"] = typeof(TranscriptProduced),
        ["segments_analyzed"] = typeof(SegmentsAnalyzed),
        ["highlights_selected"] = typeof(HighlightsSelected),
        ["clip_produced"] = typeof(ClipProduced),
        ["storyboard_produced"] = typeof(StoryboardProduced),
        ["echoed"] = typeof(Echoed),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<Type, string> ByType = ByName.ToFrozenDictionary(
        pair => pair.Value,
        pair => pair.Key
    );

    /// <summary>All names, with the type that each is read as.</summary>
    public static IReadOnlyDictionary<string, Type> All => ByName;

    /// <summary>The name that an event is written under.</summary>
    public static string NameOf(Event @event) => NameOf(@event.GetType());

    /// <summary>The name that events of a type are written under.</summary>
    public static string NameOf(Type type) =>
        ByType.TryGetValue(type, out var name)
            ? name
            : throw new ArgumentException($"{type.Name} has no name in EventTypes; register it there.", nameof(type));

    /// <summary>An event's data as it is written.</summary>
    public static byte[] Write(Event @event) =>
        JsonSerializer.SerializeToUtf8Bytes(@event, @event.GetType(), ContractJson.Options);

    /// <summary>Reads an event; null if this version of the product does not know the name.</summary>
    /// <exception cref="JsonException">The data is not an event of that name.</exception>
    public static Event? Read(string name, ReadOnlySpan<byte> data) =>
        ByName.TryGetValue(name, out var type)
            ? (Event?)JsonSerializer.Deserialize(data, type, ContractJson.Options)
                ?? throw new JsonException($"The data of a {name} event is null.")
            : null;
}
