namespace EventPipeline.Benchmarks;

/// <summary>A figure and what it is measured against, in the same run.</summary>
/// <param name="Baseline">What <paramref name="BaselineValue"/> is the figure of.</param>
/// <param name="Ratio"><paramref name="Value"/> to <paramref name="BaselineValue"/>; 0 without a baseline.</param>
/// <param name="Budget">In words, for example <c>>= 0.75x</c>; empty if there is none.</param>
public sealed record BenchmarkResult(
    string Name,
    double Value,
    string Unit,
    string Baseline,
    double BaselineValue,
    double Ratio,
    string Budget,
    bool Met
)
{
    /// <summary>Against a baseline: the more the better.</summary>
    public static BenchmarkResult AtLeast(
        string name,
        double value,
        string unit,
        string baseline,
        double baselineValue,
        double budget
    ) =>
        new(
            name,
            value,
            unit,
            baseline,
            baselineValue,
            value / baselineValue,
            $">= {budget:0.##}x",
            value / baselineValue >= budget
        );

    /// <summary>A rate that shall be reached.</summary>
    public static BenchmarkResult AtLeast(string name, double value, string unit, double budget) =>
        new(name, value, unit, "", 0, 0, $">= {budget:N0} {unit}", value >= budget);
}
