using System.Globalization;
using EventPipeline.Contracts;

namespace EventPipeline.Processors.Stages.Transcribe;

/// <summary>A chunk before its sound is cut out.</summary>
/// <param name="Name">The item's name, <c>chunk-0001</c> and so on.</param>
/// <param name="Pieces">Stretches of the source timeline, in order and apart from each other.</param>
public sealed record PlannedChunk(string Name, IReadOnlyList<TimeRange> Pieces)
{
    /// <summary>From the start of the first piece to the end of the last.</summary>
    public TimeRange Range => new(Pieces[0].Start, Pieces[^1].End);
}

/// <summary>How speech is cut into work. Pure.</summary>
public static class SpeechChunks
{
    /// <summary>A recogniser hears a piece at once. Longer ones bring fewer errors (it has context) up to about here.</summary>
    public const double LongestPieceSeconds = 14;

    /// <summary>A longer pause ends a piece.</summary>
    public const double LongestGapSeconds = 0.9;

    /// <summary>A chunk is one work item: enough to be worth a message, little enough to spread over workers and to repeat.</summary>
    public const double ChunkSeconds = 60;

    /// <summary>Voice regions become pieces (neighbours joined over short gaps), pieces become chunks.</summary>
    /// <param name="regions">In order and apart from each other, as the voice detector gives them.</param>
    /// <returns>Chunks that together cover every region. No piece is longer than <see cref="LongestPieceSeconds"/>, no chunk holds
    /// more than <see cref="ChunkSeconds"/> of speech.</returns>
    public static IReadOnlyList<PlannedChunk> Plan(IReadOnlyList<TimeRange> regions)
    {
        var chunks = new List<List<TimeRange>>();
        var seconds = double.PositiveInfinity;
        foreach (var piece in Join(regions.SelectMany(Split)))
        {
            if (seconds + piece.Duration > ChunkSeconds)
            {
                chunks.Add([]);
                seconds = 0;
            }
            chunks[^1].Add(piece);
            seconds += piece.Duration;
        }
        return
        [
            .. chunks.Select(
                (pieces, index) =>
                    new PlannedChunk(string.Create(CultureInfo.InvariantCulture, $"chunk-{index + 1:0000}"), pieces)
            ),
        ];
    }

    /// <summary>A region that nobody cut at a soft place is cut into equal parts.</summary>
    private static IEnumerable<TimeRange> Split(TimeRange region)
    {
        var parts = Math.Max(1, (int)Math.Ceiling(region.Duration / LongestPieceSeconds));
        double At(int part) => part == parts ? region.End : region.Start + region.Duration * part / parts;
        return Enumerable.Range(0, parts).Select(part => new TimeRange(At(part), At(part + 1)));
    }

    private static List<TimeRange> Join(IEnumerable<TimeRange> regions)
    {
        var pieces = new List<TimeRange>();
        foreach (var region in regions.Where(region => region.Duration > 0))
            if (
                pieces.Count > 0
                && region.Start - pieces[^1].End < LongestGapSeconds
                && region.End - pieces[^1].Start <= LongestPieceSeconds
            )
                pieces[^1] = pieces[^1] with { End = region.End };
            else
                pieces.Add(region);
        return pieces;
    }
}
