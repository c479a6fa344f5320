using EventPipeline.Contracts;

namespace EventPipeline.Projections.Timeline;

/// <summary>Events as sentences that people read.</summary>
public static class Sentences
{
    /// <summary>What happened.</summary>
    public static string Of(Event @event) =>
        @event switch
        {
            VideoRegistered it => $"{it.FileName} ({it.Source.ByteCount:N0} bytes) was registered for {it.OwnerId}.",
            VideoDiscarded it => $"The video's bytes were removed: {it.Reason}",
            VideoDeleted it => $"The video was deleted: {it.Reason}",
            JobStarted it => $"{it.StartedBy} started {it.Pipeline.Name}.",
            StageRequested { Work: var it } => it.Attempt == 1
                ? $"{Named(it.Stage, it.Item.Name)} was requested."
                : $"{Named(it.Stage, it.Item.Name)} was requested again (attempt {it.Attempt}).",
            StageSucceeded it => it.Items.Count == 0
                ? $"{Named(it.Stage, it.Item)} succeeded."
                : $"{Named(it.Stage, it.Item)} succeeded and yielded {Count(it.Items.Count, "item")}.",
            StageFailed it => it.RetryAt is null
                ? $"{Named(it.Stage, it.Item)} failed in attempt {it.Attempt}: {it.Reason}"
                : $"{Named(it.Stage, it.Item)} failed in attempt {it.Attempt} and is tried again at {it.RetryAt:u}: {it.Reason}",
            StageLost it => $"{Named(it.Stage, it.Item)} was given up: {it.Reason}",
            LateOutcomeRefused it =>
                $"A late result of attempt {it.Attempt} of {Named(it.Stage, it.Item, capital: false)} was refused.",
            StageSkipped it => $"{Named(it.Stage, it.Item)} was skipped: {it.Reason}",
            StageDeadLettered { Work: var it, Reason: var reason } =>
                $"{Named(it.Stage, it.Item.Name)} ran out of attempts: {reason}",
            StageRedriven it => $"{it.RedrivenBy} asked to try {Named(it.Stage, it.Item, capital: false)} again.",
            StageRerun it => $"{it.RerunBy} asked to run stage {it.Stage} again"
                + (it.Stages.Count > 1 ? $", and with it {string.Join(", ", it.Stages.Skip(1))}" : "")
                + (it.Reason is null ? "." : $": {it.Reason}"),
            JobCompleted => "The job completed.",
            JobFailed it => $"The job failed in stage {it.Stage}: {it.Reason}",
            JobCancelled it => $"{it.CancelledBy} cancelled the job: {it.Reason}",
            FactStored it => $"A large {it.FactType} was stored ({it.Document.ByteCount:N0} bytes).",
            MediaProbed it => it.HasVideo
                ? $"The video lasts {it.DurationSeconds:F1} s, {it.Width}x{it.Height}, {(it.HasAudio ? "with" : "without")} sound."
                : $"The recording lasts {it.DurationSeconds:F1} s and has no picture.",
            SilencesDetected it => $"{Count(it.Regions.Count, "silence")} below {it.ThresholdDecibels:F0} dB found.",
            ScenesDetected it => $"{Count(it.Scenes.Count, "scene")} found.",
            PictureMeasured it =>
                $"The picture was measured: {Count(it.Black.Count, "black stretch", "es")}, {Count(it.Frozen.Count, "still stretch", "es")}.",
            LoudnessMeasured it => it.IntegratedLufs is { } lufs
                ? $"The loudness is {lufs:F1} LUFS."
                : "The recording is silent.",
            SpeechDetected it =>
                $"Speech was found in {Count(it.Regions.Count, "stretch", "es")} and cut into {Count(it.Chunks.Count, "chunk")}.",
            LayoutDetected it => $"The layout is {it.Kind}.",
            ChunkTranscribed it =>
                $"{it.Chunk} was transcribed by {it.Engine}: {Count(it.Segments.Count, "sentence")}.",
            TranscriptProduced it => $"The transcript has {Count(it.Segments.Count, "sentence")} (from {it.Engine}).",
            SegmentsAnalyzed it => $"{Count(it.Segments.Count, "segment")} were found by {it.Method}.",
            HighlightsSelected it => $"{Count(it.Highlights.Count, "highlight")} were chosen.",
            ClipProduced it => $"{it.Name} was cut: {it.DurationSeconds:F1} s from {it.Start:F1} s on.",
            StoryboardProduced it => $"{Count(it.Thumbnails.Count, "thumbnail")} were drawn.",
            Echoed it => $"The echo said: {it.Text}",
            _ => $"{EventTypes.NameOf(@event)} happened.",
        };

    private static string Named(string stage, string item, bool capital = true)
    {
        var word = capital ? "Stage" : "stage";
        return item == Item.WholeVideo.Name ? $"{word} {stage}" : $"{word} {stage} ({item})";
    }

    private static string Count(int count, string noun, string plural = "s") =>
        count == 1 ? $"1 {noun}" : $"{count:N0} {noun}{plural}";
}
