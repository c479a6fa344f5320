namespace EventPipeline.Processors.Stages.Analyze;

/// <summary>Where a text changes its topic: the division with the highest probability under a model in which every segment has a
/// vocabulary of its own. M. Utiyama and H. Isahara, "A Statistical Model for Domain-Independent Text Segmentation", ACL 2001. The
/// method has nothing to tune; pauses and slide changes come in as what they say about the odds of a boundary.</summary>
internal static class TopicalSegmentation
{
    // More than any real cost of a segment: a division with short segments is taken only if there is no other.
    private const double TooShortCost = 1000;

    /// <summary>Indices of the sentences that begin a segment; the first is 0.</summary>
    /// <param name="sentences">Term ids of each sentence, from 0 without gaps; at least one sentence.</param>
    /// <param name="evidence">For each sentence, the logarithm of how much likelier a boundary before it is, for reasons that are not in the text.</param>
    /// <param name="starts">Start of each sentence, and the end of the last one.</param>
    public static IReadOnlyList<int> Divide(
        IReadOnlyList<IReadOnlyList<int>> sentences,
        IReadOnlyList<double> evidence,
        IReadOnlyList<double> starts,
        SegmentLimits limits
    )
    {
        var most = Math.Min(limits.MaximumCount, sentences.Count);
        var least = Math.Min(limits.MinimumCount, most);
        var terms = 1 + sentences.SelectMany(sentence => sentence).DefaultIfEmpty(-1).Max();
        var priorCost = Math.Log(Math.Max(2, sentences.Sum(sentence => sentence.Count)));
        var logarithms = Logarithms(sentences.Sum(sentence => sentence.Count) + terms + 2);

        // best[m][j]: cost of the cheapest division of the first j sentences into m segments; from: where its last one begins.
        var best = Table<double>(most + 1, sentences.Count + 1);
        var from = Table<int>(most + 1, sentences.Count + 1);
        foreach (var row in best)
            Array.Fill(row, double.PositiveInfinity);
        best[0][0] = 0;
        var counts = new int[terms];
        for (var i = 0; i < sentences.Count; i++)
        {
            Array.Clear(counts);
            var length = 0;
            var repetition = 0.0;
            for (var j = i; j < sentences.Count; j++)
            {
                foreach (var term in sentences[j])
                {
                    var count = counts[term]++;
                    repetition += (count + 1) * logarithms[count + 2] - count * logarithms[count + 1];
                    length++;
                }
                // Sum over the segment's words of log((length + terms) / (count + 1)).
                var cost = length * logarithms[length + terms] - repetition + priorCost - (i > 0 ? evidence[i] : 0);
                if (starts[j + 1] - starts[i] < limits.MinimumSeconds)
                    cost += TooShortCost;
                for (var m = 0; m < most; m++)
                    if (best[m][i] + cost < best[m + 1][j + 1])
                    {
                        best[m + 1][j + 1] = best[m][i] + cost;
                        from[m + 1][j + 1] = i;
                    }
            }
        }

        var segments = Enumerable.Range(least, most - least + 1).MinBy(m => best[m][sentences.Count]);
        var boundaries = new int[segments];
        for (int m = segments, j = sentences.Count; m > 0; m--)
            boundaries[m - 1] = j = from[m][j];
        return boundaries;
    }

    private static double[] Logarithms(int count)
    {
        var logarithms = new double[count + 1];
        for (var i = 1; i <= count; i++)
            logarithms[i] = Math.Log(i);
        return logarithms;
    }

    private static T[][] Table<T>(int rows, int columns)
    {
        var table = new T[rows][];
        for (var i = 0; i < rows; i++)
            table[i] = new T[columns];
        return table;
    }
}

/// <summary>How many segments there may be, and how short they may be where the count allows it.</summary>
internal sealed record SegmentLimits(int MinimumCount, int MaximumCount, double MinimumSeconds)
{
    /// <summary>Five to fifteen; fewer where they would be shorter than twelve seconds, which no viewer would call a segment.</summary>
    public static SegmentLimits For(double seconds) =>
        new(Math.Clamp((int)(seconds / 12), 1, 5), Math.Clamp((int)(seconds / 8), 1, 15), 8);
}
