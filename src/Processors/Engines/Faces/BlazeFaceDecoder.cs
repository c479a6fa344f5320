using EventPipeline.Contracts;

namespace EventPipeline.Processors.Engines.Faces;

/// <summary>Reads what the BlazeFace model puts out: for every anchor of two grids a score, a box and six points relative to the
/// anchor, which is the middle of its cell. Pure.</summary>
internal static class BlazeFaceDecoder
{
    /// <summary>No false box on a hundred pictures of slides and rooms at this score.</summary>
    private const double LeastScore = 0.75;

    private const double LargestOverlap = 0.3;
    private const int ValuesPerBox = 16;
    private const int Points = 6;

    /// <summary>A box in the model's square, 0 to 1.</summary>
    internal sealed record RawBox(
        double X,
        double Y,
        double Width,
        double Height,
        double Score,
        (double X, double Y)[] Points
    );

    /// <summary>The boxes of one grid that are clear enough.</summary>
    /// <param name="cells">Cells of a side.</param>
    /// <param name="each">Anchors of a cell.</param>
    public static List<RawBox> Boxes(ReadOnlySpan<float> scores, ReadOnlySpan<float> values, int cells, int each)
    {
        var boxes = new List<RawBox>();
        for (var anchor = 0; anchor < cells * cells * each; anchor++)
        {
            var score = 1 / (1 + Math.Exp(-scores[anchor]));
            if (score < LeastScore)
                continue;
            var box = values.Slice(anchor * ValuesPerBox, ValuesPerBox);
            var cell = anchor / each;
            var (anchorX, anchorY) = (((cell % cells) + 0.5) / cells, ((cell / cells) + 0.5) / cells);
            var (width, height) = (box[2] / Letterbox.Side, box[3] / Letterbox.Side);
            var points = new (double, double)[Points];
            for (var point = 0; point < Points; point++)
                points[point] = (
                    anchorX + (box[4 + (2 * point)] / Letterbox.Side),
                    anchorY + (box[5 + (2 * point)] / Letterbox.Side)
                );
            boxes.Add(
                new RawBox(
                    anchorX + (box[0] / Letterbox.Side) - (width / 2),
                    anchorY + (box[1] / Letterbox.Side) - (height / 2),
                    width,
                    height,
                    score,
                    points
                )
            );
        }
        return boxes;
    }

    /// <summary>Keeps the clearest of boxes that lie on each other, and maps them to the picture.</summary>
    public static IReadOnlyList<DetectedFace> Decode(Letterbox letterbox, IReadOnlyList<RawBox> boxes)
    {
        var kept = new List<RawBox>();
        foreach (var box in boxes.OrderByDescending(box => box.Score))
            if (kept.TrueForAll(other => Overlap(box, other) <= LargestOverlap))
                kept.Add(box);
        return
        [
            .. kept.Select(box =>
            {
                var (left, top) = letterbox.ToPicture(box.X, box.Y);
                var (right, bottom) = letterbox.ToPicture(box.X + box.Width, box.Y + box.Height);
                return new DetectedFace(
                    new PictureRegion((int)left, (int)top, (int)(right - left), (int)(bottom - top)),
                    box.Score,
                    [.. box.Points.Select(point => letterbox.ToPicture(point.X, point.Y))]
                );
            }),
        ];
    }

    /// <summary>Shared area over joint area.</summary>
    private static double Overlap(RawBox left, RawBox right)
    {
        var width = Math.Min(left.X + left.Width, right.X + right.Width) - Math.Max(left.X, right.X);
        var height = Math.Min(left.Y + left.Height, right.Y + right.Height) - Math.Max(left.Y, right.Y);
        var shared = Math.Max(0, width) * Math.Max(0, height);
        return shared / ((left.Width * left.Height) + (right.Width * right.Height) - shared);
    }
}
