using EventPipeline.Contracts;

namespace EventPipeline.Processors.Engines.Speech.Alignment;

/// <summary>Texts as words of the dictionary, and the way back from heard words to written ones.</summary>
internal sealed class SpokenTexts(
    string[][][] forms,
    IReadOnlyDictionary<string, IReadOnlyList<string>> lines,
    IReadOnlySet<string> guessed
)
{
    /// <summary>Chooses for every word the first form that the dictionary knows.</summary>
    public static async Task<SpokenTexts> ReadAsync(
        IReadOnlyList<RecognizedText> texts,
        PronouncingDictionary dictionary,
        CancellationToken cancellation
    )
    {
        var candidates = texts
            .Select(text => text.Words.Select(word => SpokenForms.Of(word.Text).ToArray()).ToArray())
            .ToArray();
        var wanted = candidates
            .SelectMany(text => text)
            .SelectMany(word => word)
            .SelectMany(form => form)
            .ToHashSet(StringComparer.Ordinal);
        var found = new Dictionary<string, IReadOnlyList<string>>(
            await dictionary.FindAsync(wanted, cancellation),
            StringComparer.Ordinal
        );
        var withoutSounds = new HashSet<string>(StringComparer.Ordinal);
        var chosen = candidates.Select(text => text.Select(Choose).ToArray()).ToArray();
        return new SpokenTexts(chosen, found, withoutSounds);

        string[] Choose(string[][] word)
        {
            if (Array.Find(word, form => form.All(found.ContainsKey)) is { } known)
                return known;
            if (word is not [[var only], ..] || LetterSounds.Guess(only) is not { } sounds)
                return [];
            // The word itself may hold what a grammar cannot.
            var name = string.Concat(only.Where(char.IsAsciiLetterLower));
            if (name.Length == 0)
                return [];
            if (withoutSounds.Add(name))
                found[name] = [$"{name} {sounds}"];
            return [name];
        }
    }

    /// <summary>The words that a text's grammar has.</summary>
    public IReadOnlyList<string> Words(int text) => [.. forms[text].SelectMany(form => form)];

    /// <summary>The dictionary that a text's grammar needs.</summary>
    public IEnumerable<string> Lines(int text) => Words(text).Distinct().SelectMany(word => lines[word]);

    /// <summary>The times of a text's written words: null where a word was left out or nothing was heard.</summary>
    public IReadOnlyList<KnownTime?> Times(int text, IReadOnlyList<HeardWord> heard)
    {
        // One path: either all of it was heard, in order, or the sound does not fit the words.
        if (!heard.Select(word => word.Word).SequenceEqual(Words(text)))
            return new KnownTime?[forms[text].Length];
        var at = 0;
        return
        [
            .. forms[text]
                .Select(form =>
                {
                    if (form.Length == 0)
                        return (KnownTime?)null;
                    var range = new TimeRange(heard[at].Start, heard[at + form.Length - 1].End);
                    at += form.Length;
                    return new KnownTime(range, form.Any(guessed.Contains));
                }),
        ];
    }
}
