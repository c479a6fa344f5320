using EventPipeline.Contracts;

namespace EventPipeline.Processors.Stages.Compile;

/// <summary>Portrait, 1080 x 1920: the screen above and the camera below it; without both, the whole picture on a blurred copy of
/// itself. Pure.</summary>
internal static class PortraitFraming
{
    private const int Width = 1080;
    private const int Height = 1920;

    /// <summary>The screen takes no more than this, so that the speaker stays large.</summary>
    private const int TallestScreen = Height / 2;

    /// <summary>An FFmpeg filter chain for one picture of the given size.</summary>
    public static string Filters(int width, int height, LayoutDetected? layout) =>
        layout is { Screen: { } screen, Camera: { } camera }
            ? Split(Within(screen, width, height), Within(camera, width, height), layout.Face)
            : BlurPad;

    private static string BlurPad =>
        "split[blur_in][sharp_in];"
        // Blurred while it is small: the same look at a tenth of the cost.
        + $"[blur_in]scale={Width / 4}:{Height / 4}:force_original_aspect_ratio=increase,crop={Width / 4}:{Height / 4},"
        + $"boxblur=6:2,scale={Width}:{Height},setsar=1[blurred];"
        + $"[sharp_in]scale={Width}:{Height}:force_original_aspect_ratio=decrease:force_divisible_by=2,setsar=1[sharp];"
        + "[blurred][sharp]overlay=(W-w)/2:(H-h)/2";

    private static string Split(PictureRegion screen, PictureRegion camera, PictureRegion? face)
    {
        var screenHeight = Math.Min(Even((double)Width * screen.Height / screen.Width), TallestScreen);
        var cameraHeight = Height - screenHeight;
        var seen = Cover(camera, (double)Width / cameraHeight, face);
        return "split[screen_in][camera_in];"
            + $"[screen_in]{Crop(screen)},scale={Width}:{screenHeight}:force_original_aspect_ratio=decrease:force_divisible_by=2,"
            + $"pad={Width}:{screenHeight}:(ow-iw)/2:(oh-ih)/2,setsar=1[screen];"
            + $"[camera_in]{Crop(seen)},scale={Width}:{cameraHeight},setsar=1[camera];"
            + "[screen][camera]vstack";
    }

    /// <summary>The largest part of the camera's picture with the wanted shape, as centred on the face as it goes.</summary>
    private static PictureRegion Cover(PictureRegion camera, double aspect, PictureRegion? face)
    {
        var width = Math.Min(camera.Width, Even(camera.Height * aspect));
        var height = Math.Min(camera.Height, Even(camera.Width / aspect));
        var centreX = face is { } f ? f.X + (f.Width / 2) : camera.X + (camera.Width / 2);
        var centreY = face is { } g ? g.Y + (g.Height / 2) : camera.Y + (camera.Height / 2);
        return new PictureRegion(
            Math.Clamp(centreX - (width / 2), camera.X, camera.X + camera.Width - width),
            Math.Clamp(centreY - (height / 2), camera.Y, camera.Y + camera.Height - height),
            width,
            height
        );
    }

    /// <summary>A region cannot reach out of the picture, whatever a fact says.</summary>
    private static PictureRegion Within(PictureRegion region, int width, int height)
    {
        var x = Math.Clamp(region.X, 0, Math.Max(0, width - 2));
        var y = Math.Clamp(region.Y, 0, Math.Max(0, height - 2));
        return new PictureRegion(
            x,
            y,
            Math.Clamp(region.Width, 2, width - x),
            Math.Clamp(region.Height, 2, height - y)
        );
    }

    private static string Crop(PictureRegion region) => $"crop={region.Width}:{region.Height}:{region.X}:{region.Y}";

    private static int Even(double value) => Math.Max(2, (int)Math.Round(value / 2) * 2);
}
