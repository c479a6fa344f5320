using EventPipeline.Contracts;

namespace EventPipeline.Processors.Stages.Select;

/// <summary>Where a clip may begin and end: in the pause before and after its pieces, with room around the words, and inside a
/// silence of the sound where the pause has one nearby.</summary>
internal sealed class ClipEdges(SelectionInput input, IReadOnlyList<Piece> pieces, SelectionOptions options)
{
    /// <summary>How far from a word a silence may lie to draw the edge towards it.</summary>
    public const double Reach = 1.0;

    /// <summary>The stretch from the first piece to the last, with margins. Clips of neighbouring runs do not overlap.</summary>
    public TimeRange Around(int first, int last)
    {
        if (!input.IsSpoken)
            return new TimeRange(pieces[first].Range.Start, pieces[last].Range.End);
        var (before, after) = (Pause(first), Pause(last + 1));
        var startRoom = Room(before, before.End - Reach, before.End, takeLast: true);
        var endRoom = Room(after, after.Start, after.Start + Reach, takeLast: false);
        var start = Math.Clamp(
            Math.Max(before.End - options.LeadSeconds, Middle(before)),
            startRoom.Start,
            startRoom.End
        );
        var end = Math.Clamp(Math.Min(after.Start + options.TailSeconds, Middle(after)), endRoom.Start, endRoom.End);
        // Too short: take more of the pauses, first after the words, then before them.
        end = Math.Clamp(start + options.MinimumSeconds, end, Math.Max(end, endRoom.End));
        start = Math.Clamp(end - options.MinimumSeconds, Math.Min(start, startRoom.Start), start);
        return new TimeRange(start, end);
    }

    // The pause before a piece, or the one at the end.
    private TimeRange Pause(int piece) =>
        new(
            piece == 0 ? 0 : pieces[piece - 1].Range.End,
            piece == pieces.Count ? input.DurationSeconds : pieces[piece].Range.Start
        );

    // In a pause too short for both margins each clip gets its share.
    private double Middle(TimeRange pause) =>
        pause.Start + pause.Duration * options.TailSeconds / (options.TailSeconds + options.LeadSeconds);

    private TimeRange Room(TimeRange pause, double from, double to, bool takeLast)
    {
        var silences = input
            .Silences.Where(silence => silence.Overlaps(pause) && silence.End > from && silence.Start < to)
            .Select(silence => new TimeRange(Math.Max(silence.Start, pause.Start), Math.Min(silence.End, pause.End)))
            .ToArray();
        return silences.Length == 0 ? pause
            : takeLast ? silences[^1]
            : silences[0];
    }
}
