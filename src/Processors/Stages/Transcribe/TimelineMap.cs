using EventPipeline.Contracts;

namespace EventPipeline.Processors.Stages.Transcribe;

/// <summary>Two timelines: the source, and a sound that joins pieces of it without gaps. Times inside pieces map one to one; both ways
/// a later time never becomes an earlier one. Pure.</summary>
public sealed class TimelineMap
{
    private readonly TimeRange[] source;
    private readonly TimeRange[] joined;

    /// <param name="pieces">Stretches of the source, in order and apart from each other.</param>
    /// <exception cref="ArgumentException">They are empty, out of order or overlap.</exception>
    public TimelineMap(IReadOnlyList<TimeRange> pieces)
    {
        source = [.. pieces];
        joined = new TimeRange[source.Length];
        var (end, length) = (double.NegativeInfinity, 0.0);
        for (var i = 0; i < source.Length; i++)
        {
            if (!(source[i].Duration > 0 && source[i].Start >= end))
                throw new ArgumentException(
                    "The pieces of a sound must be in order and apart from each other.",
                    nameof(pieces)
                );
            joined[i] = new TimeRange(length, length + source[i].Duration);
            (end, length) = (source[i].End, joined[i].End);
        }
        if (source.Length == 0)
            throw new ArgumentException("A sound has at least one piece.", nameof(pieces));
    }

    /// <summary>The pieces, on the timeline of the joined sound.</summary>
    public IReadOnlyList<TimeRange> Joined => joined;

    /// <summary>Where a time of the joined sound is in the source. Where two pieces meet, it is the start of the later one; times outside
    /// become the nearest end.</summary>
    public double ToSource(double time) => Map(PieceAt(time), time);

    /// <summary>Where a stretch of the joined sound is in the source: in the piece that holds its middle, so that a word never reaches
    /// over a gap.</summary>
    public TimeRange ToSource(TimeRange range)
    {
        var piece = PieceAt((range.Start + range.End) / 2);
        return new TimeRange(Map(piece, range.Start), Map(piece, range.End));
    }

    /// <summary>Where a time of the source is in the joined sound; a time between pieces becomes the start of the next, one outside
    /// the nearest end.</summary>
    public double ToJoined(double time)
    {
        var piece = Array.FindIndex(source, one => time < one.End);
        if (piece < 0)
            return joined[^1].End;
        return joined[piece].Start + Math.Clamp(time - source[piece].Start, 0, joined[piece].Duration);
    }

    private int PieceAt(double time)
    {
        var piece = Array.FindIndex(joined, one => time < one.End);
        return piece < 0 ? joined.Length - 1 : piece;
    }

    private double Map(int piece, double time) =>
        Math.Clamp(source[piece].Start + (time - joined[piece].Start), source[piece].Start, source[piece].End);
}
