using EventPipeline.Contracts;

namespace EventPipeline.Processors.Stages.Layout;

/// <summary>What many short looks at a video tell about its layout: where it moves all the time, where straight edges stand still,
/// and how bright it is. A look is three pictures close to each other: what moves in both gaps is a camera (or a film),
/// what changes in one only is a slide turn. Pure.</summary>
internal sealed class LayoutEvidence
{
    /// <summary>Smaller differences are noise of camera and encoder, in grey levels.</summary>
    private const int NoiseLevel = 3;

    /// <summary>An edge is a step of at least this many grey levels between neighbours.</summary>
    private const int EdgeLevel = 10;

    private readonly ushort[] uprightEdges;
    private readonly ushort[] levelEdges;
    private readonly double[] motion;
    private readonly double[] brightness;

    public LayoutEvidence(int width, int height)
    {
        (Width, Height) = (width, height);
        Cell = Math.Max(1, width / 320);
        (Columns, Rows) = ((width + Cell - 1) / Cell, (height + Cell - 1) / Cell);
        uprightEdges = new ushort[width * height];
        levelEdges = new ushort[width * height];
        motion = new double[Columns * Rows];
        brightness = new double[Columns * Rows];
    }

    public int Width { get; }

    public int Height { get; }

    /// <summary>Side of a square of pixels that motion and brightness are kept for.</summary>
    public int Cell { get; }

    public int Columns { get; }

    public int Rows { get; }

    /// <summary>How many looks were taken.</summary>
    public int Looks { get; private set; }

    /// <summary>Adds a look: three grey pictures, a few tenths of a second apart.</summary>
    public void Add(byte[] first, byte[] second, byte[] third)
    {
        Looks++;
        for (var y = 0; y < Height; y++)
        {
            var row = y * Width;
            var cells = y / Cell * Columns;
            for (var x = 0; x < Width; x++)
            {
                var at = row + x;
                int value = second[at];
                var moved = Math.Min(Math.Abs(value - first[at]), Math.Abs(third[at] - value)) - NoiseLevel;
                if (moved > 0)
                    motion[cells + (x / Cell)] += moved;
                brightness[cells + (x / Cell)] += value;
                if (x > 0 && Math.Abs(value - second[at - 1]) >= EdgeLevel)
                    uprightEdges[at]++;
                if (y > 0 && Math.Abs(value - second[at - Width]) >= EdgeLevel)
                    levelEdges[at]++;
            }
        }
    }

    /// <summary>Mean motion of a cell's pixels beyond the noise, in grey levels, capped: that something moves counts, not how wildly.</summary>
    public double MotionOf(int column, int row) =>
        Math.Min(4, motion[(row * Columns) + column] / (Looks * CellPixels(column, row)));

    /// <summary>Mean brightness of a cell, 0 to 255.</summary>
    public double BrightnessOf(int column, int row) =>
        brightness[(row * Columns) + column] / (Looks * CellPixels(column, row));

    /// <summary>In how many looks, 0 to 1, there was an upright edge at each height of the line between x-1 and x, or next to it.</summary>
    public float[] UprightLine(int x) =>
        [.. Enumerable.Range(0, Height).Select(y => Strongest(uprightEdges, x, y, 1, 0))];

    /// <summary>The same for the level line between y-1 and y.</summary>
    public float[] LevelLine(int y) => [.. Enumerable.Range(0, Width).Select(x => Strongest(levelEdges, x, y, 0, 1))];

    private float Strongest(ushort[] edges, int x, int y, int stepX, int stepY)
    {
        var strongest = 0;
        for (var offset = -1; offset <= 1; offset++)
        {
            var (nearX, nearY) = (x + (offset * stepX), y + (offset * stepY));
            if (nearX >= 0 && nearX < Width && nearY >= 0 && nearY < Height)
                strongest = Math.Max(strongest, edges[(nearY * Width) + nearX]);
        }
        return (float)strongest / Looks;
    }

    /// <summary>The whole picture.</summary>
    public PictureRegion Whole => new(0, 0, Width, Height);

    private int CellPixels(int column, int row) =>
        Math.Min(Cell, Width - (column * Cell)) * Math.Min(Cell, Height - (row * Cell));
}
