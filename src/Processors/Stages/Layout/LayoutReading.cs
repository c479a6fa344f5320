using EventPipeline.Contracts;

namespace EventPipeline.Processors.Stages.Layout;

/// <summary>Reads a layout out of the evidence. Pure.</summary>
internal static class LayoutReading
{
    /// <summary>A camera that takes more of the picture than this takes all of it.</summary>
    private const double WholePicture = 0.7;

    /// <summary>A person in a still room moves about a tenth of a camera's picture; a mouse or a cursor on a screen far less.</summary>
    private const double LeastDensity = 0.05;

    private const double Dark = 32;

    /// <summary>The layout, without a face and in the evidence's pixels.</summary>
    public static LayoutDetected Read(LayoutEvidence evidence)
    {
        if (evidence.Looks == 0)
            return new LayoutDetected(LayoutKind.Unknown, null, null, null, 0);
        var screen = WithoutBars(evidence, evidence.Whole);
        if (CameraSearch.Find(evidence) is not { } found || found.Density < LeastDensity)
            return new LayoutDetected(LayoutKind.ScreenOnly, screen, null, null, 0.8);
        var camera = found.Region;
        var confidence = Math.Clamp(found.MotionShare * (0.4 + (0.6 * found.EdgeSupport)), 0, 1) * 0.8;
        if (AreaOf(camera) > WholePicture * AreaOf(screen))
            return new LayoutDetected(LayoutKind.CameraOnly, null, screen, null, 0.5);
        return IsBeside(evidence, camera)
            ? new LayoutDetected(LayoutKind.SideBySide, Rest(evidence, camera), camera, null, confidence)
            : new LayoutDetected(LayoutKind.PictureInPicture, screen, camera, null, confidence);
    }

    /// <summary>Whether nothing but black shares the strip of the picture that the camera stands in.</summary>
    private static bool IsBeside(LayoutEvidence evidence, PictureRegion camera) =>
        IsEmpty(evidence, camera, camera with { Y = 0, Height = evidence.Height })
        || IsEmpty(evidence, camera, camera with { X = 0, Width = evidence.Width });

    private static bool IsEmpty(LayoutEvidence evidence, PictureRegion camera, PictureRegion strip)
    {
        var margin = 2 * evidence.Cell;
        var (bright, cells) = (0, 0);
        for (var row = strip.Y / evidence.Cell; row * evidence.Cell < strip.Y + strip.Height - margin; row++)
        for (var column = strip.X / evidence.Cell; column * evidence.Cell < strip.X + strip.Width - margin; column++)
        {
            var (x, y) = (column * evidence.Cell, row * evidence.Cell);
            if (x < strip.X + margin || y < margin)
                continue;
            cells++;
            var isCamera =
                x >= camera.X - margin
                && x < camera.X + camera.Width + margin
                && y >= camera.Y - margin
                && y < camera.Y + camera.Height + margin;
            if (!isCamera && evidence.BrightnessOf(column, row) > Dark)
                bright++;
        }
        return bright <= 0.02 * cells;
    }

    /// <summary>The largest rectangle beside the camera.</summary>
    private static PictureRegion Rest(LayoutEvidence evidence, PictureRegion camera)
    {
        var (right, bottom) = (camera.X + camera.Width, camera.Y + camera.Height);
        PictureRegion[] sides =
        [
            new(0, 0, camera.X, evidence.Height),
            new(right, 0, evidence.Width - right, evidence.Height),
            new(0, 0, evidence.Width, camera.Y),
            new(0, bottom, evidence.Width, evidence.Height - bottom),
        ];
        return sides.Select(side => WithoutBars(evidence, side)).MaxBy(AreaOf);
    }

    /// <summary>Without black bars at its sides.</summary>
    private static PictureRegion WithoutBars(LayoutEvidence evidence, PictureRegion region)
    {
        var cell = evidence.Cell;
        if (region.Width < cell || region.Height < cell)
            return region;
        var (left, right) = (region.X, region.X + region.Width);
        var (top, bottom) = (region.Y, region.Y + region.Height);
        while (right - left > cell && IsDarkColumn(left))
            left += cell;
        while (right - left > cell && IsDarkColumn(right - cell))
            right -= cell;
        while (bottom - top > cell && IsDarkRow(top))
            top += cell;
        while (bottom - top > cell && IsDarkRow(bottom - cell))
            bottom -= cell;
        var trimmed = new PictureRegion(left, top, right - left, bottom - top);
        // A dark slide is not all bars.
        return AreaOf(trimmed) > 0.3 * AreaOf(region) ? trimmed : region;

        bool IsDarkColumn(int x) => Cells(top, bottom).All(row => evidence.BrightnessOf(x / cell, row) < Dark);
        bool IsDarkRow(int y) => Cells(left, right).All(column => evidence.BrightnessOf(column, y / cell) < Dark);
        IEnumerable<int> Cells(int from, int to) => Enumerable.Range(from / cell, Math.Max(1, (to - from) / cell));
    }

    private static double AreaOf(PictureRegion region) => (double)region.Width * region.Height;
}
