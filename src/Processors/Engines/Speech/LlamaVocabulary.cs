using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace EventPipeline.Processors.Engines.Speech;

/// <summary>The 32,000 pieces of text that Moonshine writes in. Read from the package that carries them: a JavaScript file with the
/// pieces, one a line, as base64.</summary>
internal sealed partial class LlamaVocabulary
{
    /// <summary>Ids below are signs of their own: unknown, begin, end.</summary>
    public const int FirstText = 3;

    private const char SpaceMark = '\u2581';
    private readonly byte[][] pieces;

    private LlamaVocabulary(byte[][] pieces) => this.pieces = pieces;

    /// <summary>How many pieces there are; the model also knows ids above, which stand for no text.</summary>
    public int Count => pieces.Length;

    /// <summary>Reads the pieces out of the script.</summary>
    /// <exception cref="InvalidDataException">They are not in it.</exception>
    public static LlamaVocabulary Parse(string script)
    {
        var match = Base64().Match(script);
        if (!match.Success)
            throw new InvalidDataException("The file does not hold the vocabulary of LLaMA.");
        var lines = Encoding.UTF8.GetString(Convert.FromBase64String(match.Groups["pieces"].Value)).Split('\n');
        return new LlamaVocabulary([.. lines.Select(Bytes)]);
    }

    /// <summary>The words that ids spell, each with the mean probability of the ids it is made of.</summary>
    public IReadOnlyList<RecognizedWord> Words(IReadOnlyList<(int Id, float Probability)> tokens)
    {
        var words = new List<RecognizedWord>();
        var word = new List<byte>();
        var probabilities = new List<float>();
        foreach (var (id, probability) in tokens.Where(token => token.Id >= FirstText && token.Id < Count))
        {
            var counted = false;
            foreach (var letter in pieces[id])
                if (letter == (byte)' ')
                {
                    Finish();
                    counted = false;
                }
                else
                {
                    if (!counted)
                        probabilities.Add(probability);
                    counted = true;
                    word.Add(letter);
                }
        }
        Finish();
        return words;

        void Finish()
        {
            if (word.Count > 0)
                words.Add(new RecognizedWord(Encoding.UTF8.GetString([.. word]), probabilities.Average()));
            word.Clear();
            probabilities.Clear();
        }
    }

    /// <summary>A piece's text as UTF-8; <c>&lt;0x41&gt;</c> is a single byte, of which several may make a character.</summary>
    private static byte[] Bytes(string piece) =>
        piece.Length == 6 && piece.StartsWith("<0x", StringComparison.Ordinal)
            ? [byte.Parse(piece.AsSpan(3, 2), NumberStyles.HexNumber)]
            : Encoding.UTF8.GetBytes(piece.Replace(SpaceMark, ' '));

    [GeneratedRegex("llama_vocab_base64\\s*=\\s*\"(?<pieces>[A-Za-z0-9+/=]+)\"", RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Base64();
}
