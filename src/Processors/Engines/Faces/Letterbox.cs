namespace EventPipeline.Processors.Engines.Faces;

/// <summary>A picture of any shape in the model's square, with black around it. Pure.</summary>
/// <param name="Scale">Model pixels per picture pixel.</param>
internal readonly record struct Letterbox(double Scale, int Left, int Top, int Width, int Height)
{
    /// <summary>Side of the model's square.</summary>
    public const int Side = 256;

    public static Letterbox Of(int width, int height)
    {
        var scale = (double)Side / Math.Max(width, height);
        var inner = (Width: Math.Max(1, (int)(width * scale)), Height: Math.Max(1, (int)(height * scale)));
        return new Letterbox(scale, (Side - inner.Width) / 2, (Side - inner.Height) / 2, inner.Width, inner.Height);
    }

    /// <summary>Writes the model's input, -1 to 1: each pixel is the mean of the pixels that it covers.</summary>
    public void Draw(FacePicture picture, Span<float> input)
    {
        input.Fill(-1);
        var pixels = picture.Pixels.Span;
        for (var y = 0; y < Height; y++)
        {
            var (fromY, toY) = Covered(y, picture.Height);
            for (var x = 0; x < Width; x++)
            {
                var (fromX, toX) = Covered(x, picture.Width);
                var (red, green, blue) = (0, 0, 0);
                for (var sourceY = fromY; sourceY < toY; sourceY++)
                for (var sourceX = fromX; sourceX < toX; sourceX++)
                {
                    var at = ((sourceY * picture.Width) + sourceX) * 3;
                    red += pixels[at];
                    green += pixels[at + 1];
                    blue += pixels[at + 2];
                }
                var count = (toY - fromY) * (toX - fromX) * 127.5f;
                var target = (((y + Top) * Side) + x + Left) * 3;
                input[target] = (red / count) - 1;
                input[target + 1] = (green / count) - 1;
                input[target + 2] = (blue / count) - 1;
            }
        }
    }

    /// <summary>A place in the model's square, 0 to 1, as a place in the picture.</summary>
    public (double X, double Y) ToPicture(double x, double y) =>
        (((x * Side) - Left) / Scale, ((y * Side) - Top) / Scale);

    private (int From, int To) Covered(int at, int length)
    {
        var from = Math.Min((int)(at / Scale), length - 1);
        return (from, Math.Clamp((int)((at + 1) / Scale), from + 1, length));
    }
}
