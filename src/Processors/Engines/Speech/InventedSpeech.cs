namespace EventPipeline.Processors.Engines.Speech;

/// <summary>Recognisers sometimes write what nobody said: they loop, or fill noise with words. Pure.</summary>
internal static class InventedSpeech
{
    /// <summary>Nobody says more tokens a second; more were made up.</summary>
    public const double MostTokensPerSecond = 6.5;

    private const int LongestUnit = 16;

    /// <summary>How many tokens a text may have.</summary>
    public static int MostTokens(double seconds) => (int)(seconds * MostTokensPerSecond) + 2;

    /// <summary>Where an endless repetition at the end begins: the same one to sixteen items, at least four times, at least eight items in
    /// all. Null if there is none. ("No, no, no." is no loop.)</summary>
    public static int? LoopStart<T>(IReadOnlyList<T> items)
    {
        for (var unit = 1; unit <= LongestUnit && unit * 4 <= items.Count; unit++)
        {
            var same = 0;
            while (same + unit < items.Count && Equal(items[^(same + 1)], items[^(same + 1 + unit)]))
                same++;
            var length = same + unit;
            if (length >= unit * 4 && length >= 8)
                return items.Count - length;
        }
        return null;

        static bool Equal(T one, T other) => EqualityComparer<T>.Default.Equals(one, other);
    }
}
