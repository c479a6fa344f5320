namespace EventPipeline.Processors.Stages.Layout;

/// <summary>Turns a row of pictures into looks of three, and keeps some pictures for other uses. Never holds more than a few.</summary>
internal sealed class LookBuffer(LayoutEvidence evidence)
{
    private const int MostKept = 16;
    private readonly List<byte[]> kept = [];
    private readonly Queue<byte[]> recent = new();
    private int since;
    private int keepEvery = 1;

    /// <summary>The next picture does not follow the last one.</summary>
    public void Restart()
    {
        recent.Clear();
        since = 0;
    }

    /// <summary>Adds a picture, and a look whenever <paramref name="stride"/> pictures have come since the last one.</summary>
    public void Add(ReadOnlySpan<byte> picture, int stride)
    {
        var slot = recent.Count == 3 ? recent.Dequeue() : new byte[picture.Length];
        picture.CopyTo(slot);
        recent.Enqueue(slot);
        if (recent.Count < 3 || since++ % stride != 0)
            return;
        var look = recent.ToArray();
        evidence.Add(look[0], look[1], look[2]);
        Keep(look[1]);
    }

    /// <summary>At most so many pictures, evenly over all looks.</summary>
    public List<byte[]> Kept(int most)
    {
        var step = Math.Max(1.0, (double)kept.Count / most);
        return [.. Enumerable.Range(0, Math.Min(most, kept.Count)).Select(index => kept[(int)(index * step)])];
    }

    private void Keep(byte[] picture)
    {
        if ((evidence.Looks - 1) % keepEvery != 0)
            return;
        kept.Add([.. picture]);
        if (kept.Count < MostKept)
            return;
        // Every second one goes, and from now on only every second of those that come is kept.
        keepEvery *= 2;
        for (var index = kept.Count - 1; index > 0; index -= 2)
            kept.RemoveAt(index);
    }
}
