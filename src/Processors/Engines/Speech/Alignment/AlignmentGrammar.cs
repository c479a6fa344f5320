using System.Globalization;
using System.Text;

namespace EventPipeline.Processors.Engines.Speech.Alignment;

/// <summary>A word that pocketsphinx found, in seconds of the sound.</summary>
internal sealed record HeardWord(string Word, double Start, double End);

/// <summary>What goes into and comes out of pocketsphinx. Pure.</summary>
internal static class AlignmentGrammar
{
    /// <summary>A grammar with one path: these words in this order. Silence may come between any of them.</summary>
    public static string Write(IReadOnlyList<string> words)
    {
        var text = new StringBuilder(
            string.Create(
                CultureInfo.InvariantCulture,
                $"FSG_BEGIN words\nNUM_STATES {words.Count + 1}\nSTART_STATE 0\nFINAL_STATE {words.Count}\n"
            )
        );
        for (var i = 0; i < words.Count; i++)
            text.Append(CultureInfo.InvariantCulture, $"TRANSITION {i} {i + 1} 1.0 {words[i]}\n");
        return text.Append("FSG_END\n").ToString();
    }

    /// <summary>Reads "word start end confidence" lines; marks of silence and noise, and which pronunciation it was, are left out.</summary>
    public static IReadOnlyList<HeardWord> Read(string output)
    {
        var words = new List<HeardWord>();
        foreach (var line in output.Split('\n'))
        {
            var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (
                fields.Length == 4
                && fields[0][0] is not ('<' or '[' or '+')
                && Number(fields[1]) is { } start
                && Number(fields[2]) is { } end
            )
                words.Add(new HeardWord(fields[0].Split('(')[0], start, end));
        }
        return words;

        static double? Number(string text) =>
            double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : null;
    }
}
