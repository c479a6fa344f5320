using EventPipeline.Contracts;

namespace EventPipeline.Processors.Engines.Faces;

/// <summary>Pixels to look for faces in: red, green, blue, 8 bits each, rows from the top.</summary>
public sealed record FacePicture(int Width, int Height, ReadOnlyMemory<byte> Pixels)
{
    /// <summary>A part of a grey picture.</summary>
    /// <param name="width">Of the whole picture.</param>
    public static FacePicture OfGray(ReadOnlySpan<byte> picture, int width, PictureRegion part)
    {
        var pixels = new byte[part.Width * part.Height * 3];
        var at = 0;
        for (var y = part.Y; y < part.Y + part.Height; y++)
        for (var x = part.X; x < part.X + part.Width; x++, at += 3)
            pixels.AsSpan(at, 3).Fill(picture[(y * width) + x]);
        return new FacePicture(part.Width, part.Height, pixels);
    }
}

/// <summary>A face.</summary>
/// <param name="Score">0 to 1.</param>
/// <param name="Points">Right eye, left eye (of the person), nose, mouth, right ear, left ear, in pixels.</param>
public sealed record DetectedFace(PictureRegion Box, double Score, IReadOnlyList<(double X, double Y)> Points);
