namespace EventPipeline.Processors.Stages.Compile;

/// <summary>Finds a picture that went through an encoder among the originals. Pure.</summary>
internal static class SamePictures
{
    /// <summary>Indices of the originals that the picture may be: the best match, and those that differ from the best match no more
    /// than the picture itself does. What lies below the encoder's own error cannot be told apart.</summary>
    public static IReadOnlyList<int> Find(byte[] picture, IReadOnlyList<byte[]> originals)
    {
        var errors = originals.Select(original => Error(picture, original)).ToArray();
        var best = Array.IndexOf(errors, errors.Min());
        return
        [
            .. Enumerable
                .Range(0, originals.Count)
                .Where(index => index == best || Error(originals[best], originals[index]) <= errors[best]),
        ];
    }

    /// <summary>Mean squared difference, in grey levels.</summary>
    private static double Error(byte[] left, byte[] right)
    {
        long sum = 0;
        for (var i = 0; i < left.Length; i++)
        {
            var difference = left[i] - right[i];
            sum += difference * difference;
        }
        return (double)sum / left.Length;
    }
}
