using CsCheck;
using EventPipeline.Contracts;

namespace EventPipeline.Domain.Tests.Jobs;

/// <summary>Well-formed pipelines of one to seven stages: chains, joins, fan-outs over fan-outs, optional stages, few attempts.</summary>
internal static class AnyPipeline
{
    private static readonly Gen<(int Needs, int ForEach, bool Optional, int Attempts)> GenStage = Gen.Select(
        Gen.Int[0, 127],
        Gen.Int[0, 20],
        Gen.Bool,
        Gen.Int[1, 3]
    );

    public static readonly Gen<PipelineStage[]> Stages = GenStage
        .Array[1, 7]
        .Select(rows => rows.Select(Stage).ToArray());

    private static PipelineStage Stage((int Needs, int ForEach, bool Optional, int Attempts) row, int index)
    {
        string[] needs = [.. Enumerable.Range(0, index).Where(at => (row.Needs >> at & 1) == 1).Select(at => $"s{at}")];
        return new PipelineStage(
            $"s{index}",
            needs,
            row.ForEach < needs.Length ? needs[row.ForEach] : null,
            row.Optional,
            row.Attempts,
            BackoffSeconds: 1
        );
    }
}
