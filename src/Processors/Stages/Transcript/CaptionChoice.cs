using EventPipeline.Contracts;

namespace EventPipeline.Processors.Stages.Transcript;

/// <summary>Which of a source's subtitle streams is taken for what is said. Pure.</summary>
public static class CaptionChoice
{
    /// <summary>Containers name languages by three letters (ISO 639-2, in two variants), jobs by two (BCP 47).</summary>
    private static readonly Dictionary<string, string[]> ThreeLetters = new(StringComparer.Ordinal)
    {
        ["ar"] = ["ara"],
        ["cs"] = ["ces", "cze"],
        ["da"] = ["dan"],
        ["de"] = ["deu", "ger"],
        ["el"] = ["ell", "gre"],
        ["en"] = ["eng"],
        ["es"] = ["spa"],
        ["fi"] = ["fin"],
        ["fr"] = ["fra", "fre"],
        ["he"] = ["heb"],
        ["hi"] = ["hin"],
        ["hu"] = ["hun"],
        ["it"] = ["ita"],
        ["ja"] = ["jpn"],
        ["ko"] = ["kor"],
        ["nl"] = ["nld", "dut"],
        ["no"] = ["nor", "nob"],
        ["pl"] = ["pol"],
        ["pt"] = ["por"],
        ["ro"] = ["ron", "rum"],
        ["ru"] = ["rus"],
        ["sv"] = ["swe"],
        ["tr"] = ["tur"],
        ["uk"] = ["ukr"],
        ["vi"] = ["vie"],
        ["zh"] = ["zho", "chi"],
    };

    /// <summary>The first text stream in the job's language, else the first one that names none; null if there is neither: captions in
    /// another language are a translation, not what is said.</summary>
    /// <param name="language">BCP 47 tag.</param>
    public static SubtitleStream? Choose(IEnumerable<SubtitleStream> streams, string language)
    {
        var text = streams.Where(stream => stream.IsText).ToArray();
        return Array.Find(text, stream => IsLanguage(stream.Language, language))
            ?? Array.Find(text, stream => stream.Language is null or "" or "und");
    }

    private static bool IsLanguage(string? stream, string job)
    {
        var wanted = job.Split('-')[0].ToLowerInvariant();
        var named = stream?.Split('-')[0].ToLowerInvariant();
        return named == wanted
            || (named is not null && ThreeLetters.TryGetValue(wanted, out var three) && three.Contains(named));
    }
}
