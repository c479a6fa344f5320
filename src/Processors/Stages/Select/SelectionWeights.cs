namespace EventPipeline.Processors.Stages.Select;

/// <summary>How the selection judges, as data: a past job can be asked what other weights would have chosen. A version is never changed,
/// only followed by another.</summary>
/// <param name="Measures">Weight of each measure. A score is the weighted mean of the measures that there are, so it stays within 0 to 1.</param>
/// <param name="Nearness">Taken off the score of what lies right beside a chosen clip, so that clips spread over the video.</param>
/// <param name="SameSegment">Taken off the score of what is about the same topic as a chosen clip.</param>
internal sealed record SelectionWeights(
    string Version,
    IReadOnlyDictionary<string, double> Measures,
    double Nearness,
    double SameSegment
)
{
    /// <summary>How much of the segment's own keywords a clip holds, against the fullest clip. Measured by the selection itself.</summary>
    public const string Focus = "focus";

    /// <summary>The first version.</summary>
    public static readonly SelectionWeights V1 = new(
        "selection@1",
        new Dictionary<string, double>(StringComparer.Ordinal)
        {
            [Analyze.Measures.Judgement] = 0.50,
            [Analyze.Measures.Centrality] = 0.30,
            [Analyze.Measures.Emphasis] = 0.20,
            [Focus] = 0.20,
            [Analyze.Measures.Activity] = 0.20,
            [Analyze.Measures.Density] = 0.15,
            [Analyze.Measures.Loudness] = 0.15,
            [Analyze.Measures.Sound] = 0.15,
        },
        Nearness: 0.1,
        SameSegment: 0.3
    );

    /// <summary>What each measure adds to the score; the score is their sum.</summary>
    public IReadOnlyDictionary<string, double> Contributions(IEnumerable<KeyValuePair<string, double>> measures)
    {
        var weighed = measures
            .Where(measure => Measures.ContainsKey(measure.Key))
            .OrderBy(measure => measure.Key, StringComparer.Ordinal)
            .ToArray();
        var total = weighed.Sum(measure => Measures[measure.Key]);
        return weighed.ToDictionary(
            measure => measure.Key,
            measure => total > 0 ? Math.Round(Measures[measure.Key] * measure.Value / total, 6) : 0,
            StringComparer.Ordinal
        );
    }
}

/// <summary>What is wanted of the clips.</summary>
/// <param name="Count">At most so many.</param>
/// <param name="MinimumSeconds">Shorter ones are widened, where the source is longer than this.</param>
/// <param name="LeadSeconds">Kept before the first word, where the pause is long enough for both margins.</param>
/// <param name="TailSeconds">Kept after the last word, where the pause is long enough for both margins.</param>
internal sealed record SelectionOptions(
    int Count,
    double MinimumSeconds = 8,
    double MaximumSeconds = 90,
    double LeadSeconds = 0.15,
    double TailSeconds = 0.25
);
