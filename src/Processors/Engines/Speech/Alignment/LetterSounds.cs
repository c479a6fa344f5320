using System.Text;

namespace EventPipeline.Processors.Engines.Speech.Alignment;

/// <summary>Guesses how an English word sounds from its letters, for names and terms that no dictionary has. Rough, but the aligner
/// only has to find the place of a word that is known to be there. Pure.</summary>
internal static class LetterSounds
{
    /// <summary>Letters to sounds of the CMU dictionary; of several that fit, the longest.</summary>
    private static readonly Dictionary<string, string> Sounds = new(StringComparer.Ordinal)
    {
        ["tion"] = "SH AH N",
        ["sion"] = "ZH AH N",
        ["tch"] = "CH",
        ["igh"] = "AY",
        ["sch"] = "SH",
        ["ch"] = "CH",
        ["ck"] = "K",
        ["gh"] = "G",
        ["kn"] = "N",
        ["ng"] = "NG",
        ["ph"] = "F",
        ["qu"] = "K W",
        ["sh"] = "SH",
        ["th"] = "TH",
        ["wh"] = "W",
        ["wr"] = "R",
        ["ce"] = "S",
        ["ge"] = "JH",
        ["ai"] = "EY",
        ["ay"] = "EY",
        ["au"] = "AO",
        ["aw"] = "AO",
        ["ea"] = "IY",
        ["ee"] = "IY",
        ["ei"] = "AY",
        ["er"] = "ER",
        ["ie"] = "IY",
        ["oa"] = "OW",
        ["oi"] = "OY",
        ["oo"] = "UW",
        ["ou"] = "AW",
        ["ow"] = "OW",
        ["oy"] = "OY",
        ["a"] = "AE",
        ["b"] = "B",
        ["c"] = "K",
        ["d"] = "D",
        ["e"] = "EH",
        ["f"] = "F",
        ["g"] = "G",
        ["h"] = "HH",
        ["i"] = "IH",
        ["j"] = "JH",
        ["k"] = "K",
        ["l"] = "L",
        ["m"] = "M",
        ["n"] = "N",
        ["o"] = "AA",
        ["p"] = "P",
        ["q"] = "K",
        ["r"] = "R",
        ["s"] = "S",
        ["t"] = "T",
        ["u"] = "AH",
        ["v"] = "V",
        ["w"] = "W",
        ["x"] = "K S",
        ["y"] = "IY",
        ["z"] = "Z",
    };

    /// <summary>The sounds of a word in lower case, separated by spaces; null if it has no letters of the alphabet, or is longer than words are.</summary>
    public static string? Guess(string word)
    {
        var letters = WithoutAccents(word);
        if (letters.Length is 0 or > 40)
            return null;
        var sounds = new List<string>();
        for (var at = 0; at < letters.Length; )
        {
            var length = Math.Min(4, letters.Length - at);
            while (!Sounds.ContainsKey(letters.Substring(at, length)))
                length--;
            var isSilent = letters[at] == 'e' && at == letters.Length - 1 && at > 1;
            var isDoubled = at > 0 && length == 1 && letters[at] == letters[at - 1];
            if (!isSilent && !isDoubled)
                sounds.Add(Sounds[letters.Substring(at, length)]);
            at += length;
        }
        return string.Join(' ', sounds);
    }

    private static string WithoutAccents(string word)
    {
        var letters = new StringBuilder();
        foreach (var letter in word)
            if (Plain(letter) is { } plain)
                letters.Append(plain);
            else if (char.IsLetterOrDigit(letter))
                return "";
        return letters.ToString();
    }

    private static char? Plain(char letter) =>
        letter switch
        {
            >= 'a' and <= 'z' => letter,
            >= 'à' and <= 'å' => 'a',
            'ç' => 'c',
            >= 'è' and <= 'ë' => 'e',
            >= 'ì' and <= 'ï' => 'i',
            'ñ' => 'n',
            (>= 'ò' and <= 'ö') or 'ø' => 'o',
            >= 'ù' and <= 'ü' => 'u',
            'ý' or 'ÿ' => 'y',
            _ => null,
        };
}
