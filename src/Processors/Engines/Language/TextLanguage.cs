using System.Collections.Frozen;

namespace EventPipeline.Processors.Engines.Language;

/// <summary>What the text methods know of a language: English well, any other only that short words carry little meaning.</summary>
internal sealed class TextLanguage
{
    private const int ShortWord = 3;

    private static readonly FrozenSet<string> EnglishStopWords = (
        // Articles, pronouns, prepositions, conjunctions, auxiliaries.
        "a about above across after again against all almost along already also although always am among an and another any "
        + "anyone anything are around as at away back be became because become been before behind being below between both but by "
        + "can cannot could did do does doing done down during each either else enough even ever every everyone everything few "
        + "first for from further get gets getting go goes going gone got had has have having he her here hers him himself his "
        + "how however i if in inside into is it its itself just last least less like many may maybe me might mine more most "
        + "much must my myself near nearly neither never new next no nobody none nor not nothing now of off often on once one only "
        + "onto or other others our ours out outside over own perhaps quite rather really same second several shall she should "
        + "since so some someone something sometimes soon still such than that the their theirs them themselves then there "
        + "therefore these they thing things this those though three through throughout thus to together too toward towards two under "
        + "until up upon us very was way ways we well were what whatever when whenever where whether which while who whole whom "
        + "whose why will with within without would yes yet you your yours yourself "
        // Verbs and fillers that lecturers use about anything.
        + "actually allow allows basically begin begins bring brings call called calls came come comes different find finds found "
        + "gave give given gives good great important keep keeps kind know known knows large larger largest learn learned leave "
        + "leaves let lets little long longer look looks lot made make makes making mean means need needs okay old ok people place "
        + "put puts remember right said saw say says see seen show shows simply small start starts stay stays take taken takes tell "
        + "tells think time times today took try turn turned turns uh um use used uses using want wants went work works year years"
    ).Split(' ').ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenSet<string> NounMarkers = (
        "a an the this that these those its their our his her my your each every some any no of in from by with between under"
    )
        .Split(' ')
        .ToFrozenSet(StringComparer.Ordinal);

    private readonly bool isEnglish;

    private TextLanguage(bool isEnglish) => this.isEnglish = isEnglish;

    /// <summary>By BCP 47 tag.</summary>
    public static TextLanguage Of(string tag) =>
        new(tag.Split('-')[0].Equals("en", StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether a lower-case word says nothing about the topic.</summary>
    public bool IsStopWord(string word) =>
        isEnglish ? word.Length < 2 || EnglishStopWords.Contains(word.Replace("'", "")) : word.Length <= ShortWord;

    /// <summary>Whether the word after this one is probably a noun, or begins its phrase.</summary>
    public bool AnnouncesNoun(string word) => isEnglish && NounMarkers.Contains(word);

    /// <summary>The form under which all forms of a word are counted.</summary>
    public string Stem(string word) => isEnglish ? PorterStemmer.Stem(word) : word;

    /// <summary>The words of a text in order, lower case.</summary>
    public IReadOnlyList<Token> Read(string text)
    {
        var tokens = new List<Token>();
        var afterBreak = true;
        for (var i = 0; i < text.Length; )
        {
            if (!char.IsLetterOrDigit(text[i]))
            {
                afterBreak |= text[i] is not (' ' or '\n' or '-' or '\'' or '’');
                i++;
                continue;
            }
            var start = i;
            while (i < text.Length && (char.IsLetterOrDigit(text[i]) || IsInnerApostrophe(text, i)))
                i++;
            var word = text[start..i].ToLowerInvariant().Replace('’', '\'');
            if (word.EndsWith("'s", StringComparison.Ordinal))
                word = word[..^2];
            var saysNothing = IsStopWord(word) || !word.Any(char.IsLetter);
            tokens.Add(new Token(word, Stem(word), saysNothing, afterBreak));
            afterBreak = false;
        }
        return tokens;
    }

    private static bool IsInnerApostrophe(string text, int i) =>
        text[i] is '\'' or '’' && i + 1 < text.Length && char.IsLetter(text[i + 1]);
}

/// <summary>A word of a text.</summary>
/// <param name="AfterBreak">Whether punctuation stands between it and the word before.</param>
internal readonly record struct Token(string Word, string Stem, bool IsStopWord, bool AfterBreak);
