using System.Text.Json;
using EventPipeline.Contracts;
using EventPipeline.Processors.Engines.Models;
using EventPipeline.Processors.Engines.Onnx;
using EventPipeline.Processors.Engines.Voice;
using EventPipeline.Processors.Media;
using EventPipeline.Processors.Stages.Features;
using EventPipeline.Processors.Stages.Probe;
using EventPipeline.TestSupport;
using EventPipeline.TestSupport.Lectures;

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
            157.333, // the footage itself cuts here
        ];
        var detected = facts.OfType<ScenesDetected>().Single().Cuts.Select(cut => cut.Time).ToList();
        detected.ShouldBe(cuts.Order(), tolerance: 0.1);
        var speech = truth.RootElement.GetProperty("speech").EnumerateArray().Select(Range).ToList();
        var heard = facts.OfType<SpeechDetected>().Single().Regions;
        Overlap(speech, heard).ShouldBeGreaterThanOrEqualTo(0.99 * speech.Sum(range => range.Duration));
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

    [Fact]
    public async Task A_fade_through_black_is_found_in_its_middle()
    {
        using var run = new StageRun();
        var path = await run.MakeAsync(
            "fade.mp4",
            "-f",
            "lavfi",
            "-i",
            "mandelbrot=size=320x240:rate=25",
            "-f",
            "lavfi",
            "-i",
            "testsrc2=duration=5:size=320x240:rate=25",
            "-filter_complex",
            "[0]trim=duration=5,fade=out:st=4:d=0.8[a];[1]fade=in:st=0.2:d=0.8[b];[a][b]concat",
            "-pix_fmt",
            "yuv420p"
        );

        var facts = await MeasureAsync(path);

        var fade = facts.OfType<ScenesDetected>().Single().Cuts.ShouldHaveSingleItem();
        fade.Kind.ShouldBe(SceneCutKind.Fade);
        fade.Time.ShouldBe(5, 0.2);
    }

    [Theory]
    [InlineData("en", false)]
    [InlineData("fr", true)]
    public async Task Captions_in_another_language_than_the_jobs_do_not_keep_speech_from_being_transcribed(
        string language,
        bool isTranscribed
    )
    {
        Assert.SkipUnless(
            await FfmpegTool.CanSpeakAsync(TestContext.Current.CancellationToken),
            "ffmpeg with flite is missing: apt-get install ffmpeg"
        );
        using var run = new StageRun();
        var captions = run.PathOf("captions.srt");
        await File.WriteAllTextAsync(
            captions,
            "1\n00:00:00,000 --> 00:00:03,000\nThe sea rises and falls.\n",
            TestContext.Current.CancellationToken
        );
        var path = await run.MakeAsync(
            "captioned.mkv",
            "-f",
            "lavfi",
            "-i",
            "flite=text='The sea rises and falls twice a day because of the moon.':voice=slt",
            "-i",
            captions,
            "-map",
            "0",
            "-map",
            "1",
            "-c:a",
            "flac",
            "-metadata:s:s:0",
            "language=eng"
        );

        var speech = (await MeasureAsync(path, new JobOptions(Language: language))).OfType<SpeechDetected>().Single();

        speech.Regions.ShouldNotBeEmpty();
        speech.Chunks.Any().ShouldBe(isTranscribed);
    }

    private static async Task<IReadOnlyList<Fact>> MeasureAsync(string path, JobOptions? options = null)
    {
        using var run = new StageRun { Options = options ?? new JobOptions() };
        var ffmpeg = new Ffmpeg(new FfmpegOptions());
        var source = await run.UploadAsync(path);
        var probed = await run.RunAsync(new ProbeStage(ffmpeg), source);
        using var models = new ModelStore(ModelFolders.From(Environment.GetEnvironmentVariable), new NpmPackages());
        using var pool = new OnnxPool(models, TimeProvider.System);
        var stage = new FeaturesStage(ffmpeg, new SileroVoiceDetector(pool));
        return (await run.RunAsync(stage, source, await run.OutputAsync("probe", probed.Facts))).Facts;
    }

    private static IEnumerable<TimeRange> TrueSilences(JsonDocument truth) =>
        truth.RootElement.GetProperty("silences").EnumerateArray().Select(Range);

    private static TimeRange Range(JsonElement element) =>
        new(element.GetProperty("start").GetDouble(), element.GetProperty("end").GetDouble());

    private static double Overlap(IReadOnlyList<TimeRange> left, IReadOnlyList<TimeRange> right) =>
        left.Sum(one =>
            right.Sum(other => Math.Max(0, Math.Min(one.End, other.End) - Math.Max(one.Start, other.Start)))
        );
}
