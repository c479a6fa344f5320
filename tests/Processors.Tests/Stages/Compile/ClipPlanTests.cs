using EventPipeline.Contracts;
using EventPipeline.Processors.Stages.Compile;
using EventPipeline.TestSupport;

namespace EventPipeline.Processors.Tests.Stages.Compile;

/// <summary>The argument lists, against golden files: a changed one changes the bytes of clips and needs a new stage version.</summary>
public sealed class ClipPlanTests
{
    private static readonly LayoutDetected Layout = new(
        LayoutKind.PictureInPicture,
        new PictureRegion(0, 0, 1280, 720),
        new PictureRegion(944, 504, 304, 184),
        new PictureRegion(1050, 540, 80, 80),
        0.9
    );

    private static readonly MediaProbed Media = StageBench.Probed(600, 1280, 720);

    private static readonly Dictionary<string, ClipPlan> Plans = new()
    {
        ["original"] = new(Media, new(12.5, 42.25), ClipVariant.Original, Layout, null),
        ["burned"] = new(Media, new(12.5, 42.25), ClipVariant.Original, Layout, "burned.srt"),
        ["split"] = new(Media, new(12.5, 42.25), ClipVariant.Split, Layout, "burned.srt"),
        ["blur-pad"] = new(Media, new(12.5, 42.25), ClipVariant.Split, null, null),
        ["variable"] = new(
            Media with
            {
                IsVariableFrameRate = true,
            },
            new(12.5, 42.25),
            ClipVariant.Original,
            null,
            null
        ),
        ["odd-size"] = new(Media with { Width = 321, Height = 181 }, new(0, 5), ClipVariant.Original, null, null),
        ["sound"] = new(Media with { HasVideo = false }, new(12.5, 42.25), ClipVariant.Split, null, null),
        ["silent"] = new(Media with { HasAudio = false }, new(12.5, 42.25), ClipVariant.Original, null, null),
    };

    public static TheoryData<string> Names => [.. Plans.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Arguments_are_those_of_the_golden_file(string name)
    {
        var command = Plans[name].Command("/source.mp4", "/clip.mp4", "/work");
        var lines = string.Concat(
            command
                .Inputs.SelectMany(input => (string[])[.. input.Options, "-i", input.Path])
                .Concat(command.Output)
                .Select(argument => argument + "\n")
        );
        var golden = Repository.PathOf($"tests/Processors.Tests/Stages/Compile/Golden/{name}.txt");
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
            File.WriteAllText(golden, lines);
        lines.ShouldBe(File.ReadAllText(golden));
    }

    [Fact]
    public void A_region_that_reaches_out_of_the_picture_is_cut_off()
    {
        var wrong = Layout with { Camera = new PictureRegion(1200, 700, 500, 500) };
        var plan = Plans["split"] with { Layout = wrong };
        plan.Framing.ShouldContain("crop=16:20:1200:700");
    }
}
