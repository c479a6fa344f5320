using EventPipeline.Processors.Engines.Speech.Alignment;

namespace EventPipeline.Processors.Tests.Engines.Speech;

/// <summary>Word error rate: words wrong, missing or too many, over the words of the truth. Case, punctuation and the way numbers are
/// written do not count.</summary>
internal static class WordErrors
{
    public static double Rate(string truth, string heard)
    {
        var (wanted, got) = (Words(truth), Words(heard));
        return (double)Distance(wanted, got) / wanted.Count;
    }

    public static IReadOnlyList<string> Words(string text) =>
        [
            .. text.Split([' ', '-', '\n'], StringSplitOptions.RemoveEmptyEntries)
                .SelectMany(word => SpokenForms.Of(word).FirstOrDefault() ?? []),
        ];

    private static int Distance(IReadOnlyList<string> one, IReadOnlyList<string> other)
    {
        var row = Enumerable.Range(0, other.Count + 1).ToArray();
        for (var i = 1; i <= one.Count; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= other.Count; j++)
                (diagonal, row[j]) = (
                    row[j],
                    Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (one[i - 1] == other[j - 1] ? 0 : 1))
                );
        }
        return row[other.Count];
    }
}
