using EventPipeline.Contracts;
using EventPipeline.Processors.Stages.Features;

namespace EventPipeline.Processors.Tests.Stages.Features;

/// <summary>The argument lists, against golden files: a changed one may change facts, and then needs a new stage version.</summary>
public sealed class FeatureGraphTests
{
    private static readonly Dictionary<string, MediaProbed> Sources = new()
    {
        ["both"] = StageBench.Probed(60),
        ["sound"] = StageBench.Probed(60, hasVideo: false),
        ["picture"] = StageBench.Probed(60, hasAudio: false),
    };

    public static TheoryData<string> Names => [.. Sources.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Arguments_are_those_of_the_golden_file(string name)
    {
        var command = FeatureGraph.Command("/source.mp4", Sources[name], "/work");

        Golden.ShouldMatch(
            $"Stages/Features/Golden/{name}.json",
            command.Inputs.SelectMany(input => (string[])[.. input.Options, "-i", input.Path]).Concat(command.Output)
        );
    }
}
