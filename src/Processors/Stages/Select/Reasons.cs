using EventPipeline.Processors.Stages.Analyze;

namespace EventPipeline.Processors.Stages.Select;

/// <summary>Says in a sentence why a clip was chosen.</summary>
internal static class Reasons
{
    private static readonly Dictionary<string, string> Phrases = new(StringComparer.Ordinal)
    {
        [Measures.Judgement] = "the language model judges it important",
        [Measures.Centrality] = "it is central to the whole talk",
        [Measures.Emphasis] = "the speaker stresses that it matters",
        [Measures.Density] = "much is said in little time",
        [Measures.Loudness] = "it is loud against the rest",
        [Measures.Sound] = "it is full of sound",
        [Measures.Activity] = "its picture changes often",
        [SelectionWeights.Focus] = "it keeps to its topic",
    };

    /// <summary>Names the one or two measures that added most.</summary>
    public static string Of(IReadOnlyDictionary<string, double> contributions)
    {
        var strongest = contributions
            .Where(contribution => contribution.Value > 0)
            .OrderByDescending(contribution => contribution.Value)
            .ThenBy(contribution => contribution.Key, StringComparer.Ordinal)
            .Take(2)
            .Select(contribution => Phrases.GetValueOrDefault(contribution.Key, $"its {contribution.Key} is high"))
            .ToArray();
        return strongest.Length == 0
            ? "Chosen for its place on the timeline; nothing measured sets it apart."
            : $"Chosen because {string.Join(" and ", strongest)}.";
    }
}
