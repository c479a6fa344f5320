using EventPipeline.Contracts;

namespace EventPipeline.TestSupport.Lectures;

/// <summary>A lecture made by <see cref="LectureMaker"/>, and all that is true of it. Times are seconds of its timeline.</summary>
/// <param name="SlideCuts">Times of the first frames of all slides but the first.</param>
/// <param name="Pauses">Stretches in which nobody speaks, the ones at both ends included.</param>
public sealed record Lecture(
    string Path,
    double DurationSeconds,
    IReadOnlyList<TopicTruth> Topics,
    IReadOnlyList<SentenceTruth> Sentences,
    IReadOnlyList<double> SlideCuts,
    IReadOnlyList<TimeRange> Pauses
)
{
    /// <summary>What a perfect transcriber would say: a segment a sentence, word times in proportion to their letters.</summary>
    public IReadOnlyList<TranscriptSegment> Transcript() =>
        [
            .. Sentences.Select(sentence => new TranscriptSegment(
                sentence.Start,
                sentence.End,
                sentence.Text,
                1,
                WordsOf(sentence)
            )),
        ];

    /// <summary>The same with every word wrong by chance, as speech recognition of a poor recording is.</summary>
    /// <param name="share">Part of the words that another word of the lecture takes the place of, 0 to 1.</param>
    public IReadOnlyList<TranscriptSegment> MisheardTranscript(double share, Random random)
    {
        var transcript = Transcript();
        var vocabulary = transcript
            .SelectMany(segment => segment.Words)
            .Select(word => word.Text.Trim('.', ','))
            .ToArray();
        return
        [
            .. transcript.Select(segment =>
            {
                var words = segment
                    .Words.Select(word =>
                        random.NextDouble() < share ? word with { Text = random.GetItems(vocabulary, 1)[0] } : word
                    )
                    .ToArray();
                return segment with { Words = words, Text = string.Join(' ', words.Select(word => word.Text)) };
            }),
        ];
    }

    private static TranscriptWord[] WordsOf(SentenceTruth sentence)
    {
        var words = sentence.Text.Split(' ');
        var secondsPerLetter = (sentence.End - sentence.Start) / words.Sum(word => word.Length + 1);
        var result = new TranscriptWord[words.Length];
        var start = sentence.Start;
        for (var i = 0; i < words.Length; i++)
        {
            var end = i == words.Length - 1 ? sentence.End : start + (words[i].Length + 1) * secondsPerLetter;
            result[i] = new TranscriptWord(start, end, words[i], 1, IsEstimated: true);
            start = end;
        }
        return result;
    }
}

/// <summary>A topic, from the first sound of its first sentence.</summary>
public sealed record TopicTruth(string Title, double Start, double End);

/// <summary>A sentence, from its first sound to its last.</summary>
/// <param name="Topic">Which topic it belongs to, from 0.</param>
public sealed record SentenceTruth(double Start, double End, string Text, int Topic);
