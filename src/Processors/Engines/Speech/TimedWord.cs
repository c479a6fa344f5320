using EventPipeline.Contracts;

namespace EventPipeline.Processors.Engines.Speech;

/// <summary>A word with a time, but without punctuation, as speech services list them beside the text.</summary>
internal sealed record TimedWord(string Text, TimeRange Range)
{
    // A service may write "20" in the text and list "twenty", or split a word; such a word gets no time and the next ones do.
    private const int Lookahead = 4;

    /// <summary>Finds the time of each written word among the listed ones, which are taken from the queue. Pure but for that.</summary>
    public static IReadOnlyList<TimeRange?> Match(IReadOnlyList<string> written, Queue<TimedWord> listed)
    {
        var times = new TimeRange?[written.Count];
        for (var i = 0; i < written.Count; i++)
        {
            var wanted = Letters(written[i]);
            if (wanted.Length == 0)
                continue;
            var skip = listed.Take(Lookahead).TakeWhile(word => Letters(word.Text) != wanted).Count();
            if (skip == Lookahead || skip == listed.Count)
                continue;
            for (; skip > 0; skip--)
                listed.Dequeue();
            times[i] = listed.Dequeue().Range;
        }
        return times;
    }

    private static string Letters(string word) => string.Concat(word.Where(char.IsLetterOrDigit)).ToLowerInvariant();
}
