using EventPipeline.Contracts;

namespace EventPipeline.Processors.Stages.Layout;

/// <summary>Sums over any rectangle of cells in constant time (a summed-area table). Pure.</summary>
internal sealed class AreaSum
{
    private readonly LayoutEvidence evidence;
    private readonly double[,] sums;

    public AreaSum(LayoutEvidence evidence, Func<int, int, double> valueOf)
    {
        this.evidence = evidence;
        sums = new double[evidence.Rows + 1, evidence.Columns + 1];
        for (var row = 0; row < evidence.Rows; row++)
        for (var column = 0; column < evidence.Columns; column++)
            sums[row + 1, column + 1] =
                valueOf(column, row) + sums[row, column + 1] + sums[row + 1, column] - sums[row, column];
    }

    public double Total => sums[evidence.Rows, evidence.Columns];

    /// <summary>Sum over the cells whose middle lies in a region.</summary>
    public double Of(PictureRegion region)
    {
        var (left, right) = (CellAt(region.X), CellAt(region.X + region.Width));
        var (top, bottom) = (CellAt(region.Y), CellAt(region.Y + region.Height));
        right = Math.Min(right, evidence.Columns);
        bottom = Math.Min(bottom, evidence.Rows);
        return sums[bottom, right] - sums[top, right] - sums[bottom, left] + sums[top, left];
    }

    /// <summary>Mean over the cells of a region.</summary>
    public double Mean(PictureRegion region) =>
        Of(region) * evidence.Cell * evidence.Cell / Math.Max(1, (double)region.Width * region.Height);

    /// <summary>The box that leaves a fiftieth of the sum on each side.</summary>
    public (int Left, int Top, int Right, int Bottom) Bulk()
    {
        var (left, right) = Middle(evidence.Columns, column => sums[evidence.Rows, column]);
        var (top, bottom) = Middle(evidence.Rows, row => sums[row, evidence.Columns]);
        return (left, top, Math.Min(right, evidence.Width), Math.Min(bottom, evidence.Height));
    }

    private (int From, int To) Middle(int count, Func<int, double> sumBefore)
    {
        var from = 0;
        while (from < count && sumBefore(from + 1) < 0.02 * Total)
            from++;
        var to = count;
        while (to > from + 1 && sumBefore(to - 1) > 0.98 * Total)
            to--;
        return (from * evidence.Cell, to * evidence.Cell);
    }

    private int CellAt(int pixel) => (pixel + (evidence.Cell / 2)) / evidence.Cell;
}
