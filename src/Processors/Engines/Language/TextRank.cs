namespace EventPipeline.Processors.Engines.Language;

/// <summary>How central each sentence is to a text: PageRank over the terms that sentences share. R. Mihalcea and P. Tarau,
/// "TextRank: Bringing Order into Texts", EMNLP 2004.</summary>
internal static class TextRank
{
    private const double Damping = 0.85;
    private const int Rounds = 30;

    /// <summary>A rank for each sentence; their mean is about 1.</summary>
    /// <param name="sentences">Term ids of each sentence.</param>
    public static double[] Of(IReadOnlyList<IReadOnlyList<int>> sentences)
    {
        var terms = sentences.Select(sentence => sentence.Distinct().ToArray()).ToArray();
        var similar = Similarities(terms);
        var outgoing = similar.Select(row => row.Sum(edge => edge.Weight)).ToArray();
        var ranks = new double[terms.Length];
        Array.Fill(ranks, 1);
        for (var round = 0; round < Rounds; round++)
        {
            var next = new double[ranks.Length];
            for (var i = 0; i < next.Length; i++)
            {
                var incoming = 0.0;
                foreach (var (other, weight) in similar[i])
                    incoming += weight / outgoing[other] * ranks[other];
                next[i] = 1 - Damping + Damping * incoming;
            }
            ranks = next;
        }
        return ranks;
    }

    private static List<(int Other, double Weight)>[] Similarities(int[][] sentences)
    {
        var withTerm = sentences
            .SelectMany((terms, sentence) => terms.Select(term => (term, sentence)))
            .ToLookup(pair => pair.term, pair => pair.sentence);
        var similar = new List<(int, double)>[sentences.Length];
        var shared = new int[sentences.Length];
        for (var i = 0; i < sentences.Length; i++)
        {
            Array.Clear(shared);
            foreach (var other in sentences[i].SelectMany(term => withTerm[term]))
                shared[other]++;
            similar[i] = [];
            for (var j = 0; j < sentences.Length; j++)
                // The paper divides by log(1) = 0 for sentences of one term; one more in each logarithm keeps it finite.
                if (j != i && shared[j] > 0)
                    similar[i]
                        .Add((j, shared[j] / (Math.Log(sentences[i].Length + 1) + Math.Log(sentences[j].Length + 1))));
        }
        return similar;
    }
}
