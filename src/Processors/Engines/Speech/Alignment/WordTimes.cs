using EventPipeline.Contracts;

namespace EventPipeline.Processors.Engines.Speech.Alignment;

/// <summary>When a word is said.</summary>
/// <param name="IsGuess">Its sounds were guessed, so it may begin a little earlier or later.</param>
internal readonly record struct KnownTime(TimeRange Range, bool IsGuess);

/// <summary>Gives every word of a text a time. Pure.</summary>
internal static class WordTimes
{
    /// <summary>Words whose time is known keep it; those between share the time between them by their length, and are marked.</summary>
    /// <param name="range">Where the whole text is said.</param>
    /// <param name="known">A time or null for each word; those that are known are in order.</param>
    /// <returns>In order, none overlapping another, all inside the range.</returns>
    public static IReadOnlyList<TranscriptWord> Fill(
        TimeRange range,
        IReadOnlyList<RecognizedWord> words,
        IReadOnlyList<KnownTime?> known
    )
    {
        var timed = new TranscriptWord[words.Count];
        var free = range.Start;
        for (var i = 0; i < words.Count; )
        {
            if (Within(known[i]) is { } time)
            {
                timed[i] = Timed(i, time.Start, time.End, known[i]!.Value.IsGuess);
                free = time.End;
                i++;
                continue;
            }
            var end = i;
            while (end < words.Count && known[end] is null)
                end++;
            // A known time that lies before the end of the one before it is no help.
            var until = end < words.Count ? Math.Clamp(known[end]!.Value.Range.Start, free, range.End) : range.End;
            if (end == i)
                (end, until) = (i + 1, free);
            var total = (double)words.Skip(i).Take(end - i).Sum(word => word.Text.Length + 1);
            var from = free;
            var before = 0;
            for (; i < end; i++)
            {
                var start = from + (until - from) * before / total;
                before += words[i].Text.Length + 1;
                timed[i] = Timed(i, start, from + (until - from) * before / total, isEstimated: true);
            }
            free = until;
        }
        return timed;

        TimeRange? Within(KnownTime? time) =>
            time?.Range is { } value
            && value.Start >= free - 1e-9
            && value.End >= value.Start
            && value.Start < range.End
                ? new TimeRange(
                    Math.Max(value.Start, free),
                    Math.Clamp(value.End, Math.Max(value.Start, free), range.End)
                )
                : null;

        TranscriptWord Timed(int word, double start, double end, bool isEstimated) =>
            new(start, end, words[word].Text, words[word].Confidence, isEstimated);
    }
}
