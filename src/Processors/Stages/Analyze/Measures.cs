namespace EventPipeline.Processors.Stages.Analyze;

/// <summary>Names of what is measured of a segment. They stand in recorded facts and in the weights of the selection: never rename one.</summary>
internal static class Measures
{
    /// <summary>How central what is said is to the whole talk, against the most central segment.</summary>
    public const string Centrality = "centrality";

    /// <summary>How often the speaker says that something matters.</summary>
    public const string Emphasis = "emphasis";

    /// <summary>How much is said in the time, against the densest segment.</summary>
    public const string Density = "density";

    /// <summary>How loud it is against the rest: 0.5 is as loud as the median, a step of 0.1 is 1.2 LU.</summary>
    public const string Loudness = "loudness";

    /// <summary>Share of the time in which there is sound.</summary>
    public const string Sound = "sound";

    /// <summary>How often the picture changes, against the liveliest segment.</summary>
    public const string Activity = "activity";

    /// <summary>Importance as a chat model judged it.</summary>
    public const string Judgement = "judgement";
}
