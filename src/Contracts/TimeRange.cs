using System.Text.Json.Serialization;

namespace EventPipeline.Contracts;

/// <summary>A half-open stretch [Start, End) of a timeline, in seconds.</summary>
public readonly record struct TimeRange(double Start, double End)
{
    /// <summary>Length in seconds; never negative for a well-formed range.</summary>
    [JsonIgnore]
    public double Duration => End - Start;

    /// <summary>Whether the two ranges share more than a point.</summary>
    public bool Overlaps(TimeRange other) => Start < other.End && other.Start < End;

    /// <summary>Whether a time lies inside: Start inclusive, End exclusive.</summary>
    public bool Contains(double time) => time >= Start && time < End;
}
