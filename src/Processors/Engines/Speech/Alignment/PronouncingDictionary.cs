namespace EventPipeline.Processors.Engines.Speech.Alignment;

/// <summary>The pronouncing dictionary that comes with pocketsphinx's English model: a word a line, then its sounds; further
/// pronunciations as <c>word(2)</c>.</summary>
internal sealed class PronouncingDictionary(string path)
{
    private static readonly string[] UsualFolders =
    [
        "/usr/share/pocketsphinx/model",
        "/usr/local/share/pocketsphinx/model",
    ];

    /// <summary>The installed one; null if there is none.</summary>
    public static PronouncingDictionary? Installed { get; } =
        UsualFolders
            .Select(folder => Path.Combine(folder, "en-us", "cmudict-en-us.dict"))
            .Where(File.Exists)
            .Select(path => new PronouncingDictionary(path))
            .FirstOrDefault();

    /// <summary>The lines of some words; a word that is not in it is left out. Reads through the file, which costs less than keeping
    /// 134,000 words in memory.</summary>
    public async Task<IReadOnlyDictionary<string, IReadOnlyList<string>>> FindAsync(
        IReadOnlySet<string> words,
        CancellationToken cancellation
    )
    {
        var found = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        await foreach (var line in File.ReadLinesAsync(path, cancellation))
        {
            var word = line[..Math.Max(0, line.IndexOf(' ', StringComparison.Ordinal))];
            if (word.EndsWith(')'))
                word = word[..word.LastIndexOf('(')];
            if (words.Contains(word))
                found[word] = found.TryGetValue(word, out var lines) ? [.. lines, line] : [line];
        }
        return found;
    }
}
