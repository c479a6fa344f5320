using System.Text.Json;
using EventPipeline.Contracts;
using EventPipeline.Processors.Engines.Models;
using EventPipeline.Processors.Engines.Onnx;
using EventPipeline.Processors.Engines.Voice;
using EventPipeline.Processors.Media;
using EventPipeline.Processors.Stages.Features;
using EventPipeline.Processors.Stages.Probe;
using EventPipeline.TestSupport;

namespace EventPipeline.Processors.Tests.Stages.Features;

/// <summary>What one decode finds, on real pictures and sound with known truth.</summary>
public sealed class FeaturesStageTests
{
    [Fact]
    public async Task Silences_and_cuts_of_a_lecture_with_known_truth_are_found()
    {
        var video = SharedMedia.Find("synthetic/synthetic-720p.mp4");
        Assert.SkipWhen(video is null, SharedMedia.HowToGet);
        using var truth = JsonDocument.Parse(
            await File.ReadAllTextAsync(
                SharedMedia.Find("synthetic/synthetic-720p.truth.json")!,
                TestContext.Current.CancellationToken
            )
        );

        var facts = await MeasureAsync(video!);

        var silences = facts.OfType<SilencesDetected>().Single().Regions;
        foreach (var silence in TrueSilences(truth))
            silences.ShouldContain(
                found => Math.Abs(found.Start - silence.Start) <= 0.05 && Math.Abs(found.End - silence.End) <= 0.02,
                $"{silence} among {string.Join(' ', silences.Where(found => found.Overlaps(silence)))}"
            );
        double[] cuts =
        [
            .. truth.RootElement.GetProperty("cut_times").EnumerateArray().Select(it => it.GetDouble()),
            157.333,
        ];
        var detected = facts.OfType<ScenesDetected>().Single().Cuts.Select(cut => cut.Time).ToList();
        var hits = cuts.Count(cut => detected.Exists(time => Math.Abs(time - cut) <= 0.2));
        var score = 2.0 * hits / (cuts.Length + detected.Count);
        score.ShouldBeGreaterThanOrEqualTo(0.95, $"{string.Join(' ', detected)} against {string.Join(' ', cuts)}");
    }

    [Fact]
    public async Task Silence_is_found_under_the_noise_of_a_room()
    {
        using var run = new StageRun();
        var path = await run.MakeAsync(
            "noisy.wav",
            "-f",
            "lavfi",
            "-i",
            "sine=f=300:d=12,volume='if(between(mod(t,4),0,2.5),4,0)':eval=frame[s];anoisesrc=c=pink:a=0.02:d=12:seed=7[n];[s][n]amix=normalize=0",
            "-ar",
            "48000"
        );

        var facts = await MeasureAsync(path);

        var regions = facts.OfType<SilencesDetected>().Single().Regions;
        regions.Count.ShouldBe(3);
        for (var i = 0; i < 3; i++)
        {
            regions[i].Start.ShouldBe(4 * i + 2.5, 0.05);
            regions[i].End.ShouldBe(4 * i + 4, 0.05);
        }
        facts.OfType<ScenesDetected>().ShouldBeEmpty();
        facts.OfType<LoudnessMeasured>().Single().PerSecondLufs.Count.ShouldBeInRange(11, 12);
    }

    [Fact]
    public async Task A_film_without_sound_has_scenes_and_no_speech()
    {
        using var run = new StageRun();
        var path = await run.MakeAsync(
            "silent.mp4",
            "-f",
            "lavfi",
            "-i",
            "color=red:s=320x180:r=25:d=3[a];color=white:s=320x180:r=25:d=3[b];[a][b]concat",
            "-pix_fmt",
            "yuv420p"
        );

        var facts = await MeasureAsync(path);

        facts.OfType<ScenesDetected>().Single().Cuts.ShouldHaveSingleItem().Time.ShouldBe(3, 0.05);
        facts.OfType<SpeechDetected>().Single().Chunks.ShouldBeEmpty();
        facts.OfType<SilencesDetected>().ShouldBeEmpty();
        facts.OfType<PictureMeasured>().Single().Frozen.ShouldNotBeEmpty();
    }

    private static async Task<IReadOnlyList<Fact>> MeasureAsync(string path)
    {
        using var run = new StageRun();
        var ffmpeg = new Ffmpeg(new FfmpegOptions());
        var source = await run.UploadAsync(path);
        var probed = await run.RunAsync(new ProbeStage(ffmpeg), source);
        using var models = new ModelStore(ModelFolders.From(Environment.GetEnvironmentVariable), new NpmPackages());
        using var pool = new OnnxPool(models, TimeProvider.System);
        var stage = new FeaturesStage(ffmpeg, new SileroVoiceDetector(pool));
        return (await run.RunAsync(stage, source, await run.OutputAsync("probe", probed.Facts))).Facts;
    }

    private static IEnumerable<TimeRange> TrueSilences(JsonDocument truth) =>
        truth
            .RootElement.GetProperty("silences")
            .EnumerateArray()
            .Select(it =>
                it.ValueKind == JsonValueKind.Array
                    ? new TimeRange(it[0].GetDouble(), it[1].GetDouble())
                    : new TimeRange(it.GetProperty("start").GetDouble(), it.GetProperty("end").GetDouble())
            );
}
