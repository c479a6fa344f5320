using EventPipeline.Contracts;
using EventPipeline.Processors.Engines.Language;

namespace EventPipeline.Processors.Stages.Select;

/// <summary>The smallest parts that clips are made of: sentences; where nothing is understood, the stretches between cuts and silences, with
/// their ends outside of voices.</summary>
internal sealed record Piece(TimeRange Range, int Segment, double KeywordHits)
{
    private const double LongestSilentPiece = 20;

    /// <summary>All pieces that lie in a segment, in order.</summary>
    public static IReadOnlyList<Piece> Of(SelectionInput input, SelectionOptions options) =>
        input.IsSpoken ? [.. Spoken(input)] : [.. Silent(input, options)];

    private static IEnumerable<Piece> Spoken(SelectionInput input)
    {
        var language = TextLanguage.Of(input.Language);
        var keywords = input
            .Analysis.Segments.Select(segment =>
                segment.Keywords.SelectMany(language.Read).Select(token => token.Stem).ToHashSet(StringComparer.Ordinal)
            )
            .ToArray();
        foreach (var sentence in input.Sentences)
        {
            var segment = SegmentAt(input, (sentence.Start + sentence.End) / 2);
            yield return new Piece(
                new TimeRange(sentence.Start, sentence.End),
                segment,
                segment < 0 ? 0 : language.Read(sentence.Text).Count(token => keywords[segment].Contains(token.Stem))
            );
        }
    }

    private static IEnumerable<Piece> Silent(SelectionInput input, SelectionOptions options)
    {
        var speech = Speech.Of(input, options);
        var edges = input
            .Cuts.Select(cut => cut.Time)
            .Concat(input.Silences.Select(silence => (silence.Start + silence.End) / 2))
            .Concat(input.Analysis.Segments.SelectMany(segment => new[] { segment.Start, segment.End }))
            .Append(0)
            .Append(input.DurationSeconds)
            .Select(time => speech.Outside(Math.Clamp(time, 0, input.DurationSeconds)))
            .Distinct()
            .Order()
            .ToArray();
        foreach (var (start, end) in edges.Zip(edges.Skip(1)))
        {
            var parts = Math.Max(1, (int)Math.Ceiling((end - start) / LongestSilentPiece));
            var inner = Enumerable
                .Range(0, parts + 1)
                .Select(i => i == parts ? end : speech.Outside(start + (end - start) * i / parts))
                .Select(time => Math.Clamp(time, start, end))
                .Distinct()
                .Order()
                .ToArray();
            foreach (var (from, to) in inner.Zip(inner.Skip(1)))
                yield return new Piece(new TimeRange(from, to), SegmentAt(input, (from + to) / 2), 0);
        }
    }

    private static int SegmentAt(SelectionInput input, double time)
    {
        for (var i = 0; i < input.Analysis.Segments.Count; i++)
            if (time >= input.Analysis.Segments[i].Start && time <= input.Analysis.Segments[i].End)
                return i;
        return -1;
    }
}
