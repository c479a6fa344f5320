namespace EventPipeline.Processors.Engines.Language;

/// <summary>Takes the endings off English words, so that "erupts" and "eruption" count as one term. M. F. Porter, "An algorithm for
/// suffix stripping", Program 14(3), 1980, with the two changes of its author's own later version (bli, logi).</summary>
internal static class PorterStemmer
{
    // In every table a suffix stands after the longer ones that end in it: the longest match decides.
    private static readonly (string Suffix, string Replacement)[] DoubleSuffixes =
    [
        ("ational", "ate"),
        ("tional", "tion"),
        ("enci", "ence"),
        ("anci", "ance"),
        ("izer", "ize"),
        ("bli", "ble"),
        ("alli", "al"),
        ("entli", "ent"),
        ("eli", "e"),
        ("ousli", "ous"),
        ("ization", "ize"),
        ("ation", "ate"),
        ("ator", "ate"),
        ("alism", "al"),
        ("iveness", "ive"),
        ("fulness", "ful"),
        ("ousness", "ous"),
        ("aliti", "al"),
        ("iviti", "ive"),
        ("biliti", "ble"),
        ("logi", "log"),
    ];

    private static readonly (string Suffix, string Replacement)[] Endings =
    [
        ("icate", "ic"),
        ("ative", ""),
        ("alize", "al"),
        ("iciti", "ic"),
        ("ical", "ic"),
        ("ful", ""),
        ("ness", ""),
    ];

    private static readonly string[] Residues =
    [
        "al",
        "ance",
        "ence",
        "er",
        "ic",
        "able",
        "ible",
        "ant",
        "ement",
        "ment",
        "ent",
        "ion",
        "ou",
        "ism",
        "ate",
        "iti",
        "ous",
        "ive",
        "ize",
    ];

    /// <summary>The stem of a lower-case word; anything that is not only the letters a to z comes back as it is.</summary>
    public static string Stem(string word)
    {
        if (word.Length <= 2 || word.AsSpan().ContainsAnyExceptInRange('a', 'z'))
            return word;
        word = WithoutPlural(word);
        word = WithoutTense(word);
        if (EndsIn(word, "y", out var root) && HasVowel(root))
            word = root + "i";
        word = Replace(word, DoubleSuffixes);
        word = Replace(word, Endings);
        word = WithoutResidue(word);
        if (EndsIn(word, "e", out root) && (Measure(root) > 1 || (Measure(root) == 1 && !EndsShort(root))))
            word = root;
        return word.EndsWith("ll", StringComparison.Ordinal) && Measure(word) > 1 ? word[..^1] : word;
    }

    private static string WithoutPlural(string word) =>
        EndsIn(word, "sses", out var root) ? root + "ss"
        : EndsIn(word, "ies", out root) ? root + "i"
        : EndsIn(word, "ss", out _) ? word
        : EndsIn(word, "s", out root) ? root
        : word;

    private static string WithoutTense(string word)
    {
        if (EndsIn(word, "eed", out var root))
            return Measure(root) > 0 ? root + "ee" : word;
        if (!(EndsIn(word, "ed", out root) || EndsIn(word, "ing", out root)) || !HasVowel(root))
            return word;
        if (EndsIn(root, "at", out _) || EndsIn(root, "bl", out _) || EndsIn(root, "iz", out _))
            return root + "e";
        if (EndsInDoubleConsonant(root) && root[^1] is not ('l' or 's' or 'z'))
            return root[..^1];
        return Measure(root) == 1 && EndsShort(root) ? root + "e" : root;
    }

    private static string Replace(string word, (string Suffix, string Replacement)[] table)
    {
        foreach (var (suffix, replacement) in table)
            if (EndsIn(word, suffix, out var root))
                return Measure(root) > 0 ? root + replacement : word;
        return word;
    }

    private static string WithoutResidue(string word)
    {
        foreach (var suffix in Residues)
            if (EndsIn(word, suffix, out var root))
                return Measure(root) > 1 && (suffix != "ion" || root[^1] is 's' or 't') ? root : word;
        return word;
    }

    private static bool EndsIn(string word, string suffix, out string root)
    {
        var ends = word.EndsWith(suffix, StringComparison.Ordinal);
        root = ends ? word[..^suffix.Length] : word;
        return ends;
    }

    private static bool IsConsonant(ReadOnlySpan<char> word, int i) =>
        word[i] switch
        {
            'a' or 'e' or 'i' or 'o' or 'u' => false,
            'y' => i == 0 || !IsConsonant(word, i - 1),
            _ => true,
        };

    /// <summary>Porter's m: how often a consonant follows a vowel.</summary>
    private static int Measure(ReadOnlySpan<char> word)
    {
        var measure = 0;
        for (var i = 1; i < word.Length; i++)
            if (IsConsonant(word, i) && !IsConsonant(word, i - 1))
                measure++;
        return measure;
    }

    private static bool HasVowel(ReadOnlySpan<char> word)
    {
        for (var i = 0; i < word.Length; i++)
            if (!IsConsonant(word, i))
                return true;
        return false;
    }

    private static bool EndsInDoubleConsonant(string word) =>
        word.Length > 1 && word[^1] == word[^2] && IsConsonant(word, word.Length - 1);

    /// <summary>Porter's *o: consonant, vowel, consonant, and the last is not w, x or y ("hop", not "snow").</summary>
    private static bool EndsShort(string word) =>
        word.Length > 2
        && IsConsonant(word, word.Length - 1)
        && !IsConsonant(word, word.Length - 2)
        && IsConsonant(word, word.Length - 3)
        && word[^1] is not ('w' or 'x' or 'y');
}
