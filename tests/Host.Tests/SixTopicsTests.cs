using System.Text.Json;
using EventPipeline.Contracts;
using EventPipeline.TestSupport.Lectures;

namespace EventPipeline.Host.Tests;

/// <summary>A lecture of which everything is known, through the whole program and its real models: what was said when, where the topics
/// change, when nobody speaks, and where the camera is.</summary>
public sealed class SixTopicsTests(ITestOutputHelper output)
{
    private const double TopicSeconds = 4;
    private const double WordSeconds = 0.15;
    private const double RegionOverlap = 0.8;

    // Speech that was put on the timeline sample by sample comes back through an encoder, which smears it by some milliseconds.
    private const double EdgeSeconds = 0.02;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null, false)]
    [InlineData(-50.0, true)] // a quiet room: about 30 dB below the voice
    public async Task Topics_words_silences_and_regions_of_a_lecture_are_where_they_are(
        double? noiseDecibels,
        bool hasCamera
    )
    {
        Assert.SkipUnless(
            await FfmpegTool.CanSpeakAsync(Cancellation),
            "ffmpeg with flite is missing: apt-get install ffmpeg"
        );
        using var installation = await Installation.CreateAsync();
        Directory.CreateDirectory(installation["made"]);
        var options = new LectureOptions(NoiseDecibels: noiseDecibels, PictureInPicture: hasCamera);
        var lecture = await LectureMaker.MakeAsync(
            LectureScripts.SixTopics,
            options,
            installation["made"],
            Cancellation
        );

        var ended = await installation.RunAsync("process", lecture.Path, "--out", installation["out"], "--json");

        ended.ExitCode.ShouldBe(0, ended.ToString());
        var document = ended.Document;
        output.WriteLine($"{document.GetProperty("realTimeFactor")} x real time");
        ShouldFindTopics(lecture, document);
        ShouldCutOutsideSpeech(lecture, document);
        await ShouldTimeFirstWordsAsync(lecture, document, installation["out"]);
        await ShouldFindRegionsAsync(options, installation);
    }

    private void ShouldFindTopics(Lecture lecture, JsonElement document)
    {
        var starts = Numbers(document.GetProperty("segments"), "start").ToList();
        var errors = lecture.Topics.Select(topic => starts.Min(start => Math.Abs(start - topic.Start))).ToList();
        output.WriteLine($"topic starts are off by {string.Join(", ", errors.Select(error => $"{error:0.00}"))} s");
        starts.Count.ShouldBeInRange(5, 15);
        errors.Count(error => error <= TopicSeconds).ShouldBeGreaterThanOrEqualTo(lecture.Topics.Count - 1);
    }

    private static void ShouldCutOutsideSpeech(Lecture lecture, JsonElement document)
    {
        var clips = document.GetProperty("clips");
        clips.GetArrayLength().ShouldBe(5);
        var frame = 1 / document.GetProperty("media").GetProperty("frameRate").GetDouble();
        foreach (var error in Numbers(clips, "startErrorSeconds"))
            Math.Abs(error).ShouldBeLessThanOrEqualTo(frame + 1e-6);
        foreach (var edge in Numbers(clips, "start").Concat(Numbers(clips, "end")))
            lecture.Sentences.ShouldNotContain(
                sentence => sentence.Start + EdgeSeconds < edge && edge < sentence.End - EdgeSeconds,
                $"{edge} s is within a sentence"
            );
    }

    private async Task ShouldTimeFirstWordsAsync(Lecture lecture, JsonElement document, string folder)
    {
        var path = Path.Combine(folder, document.GetProperty("transcript").GetProperty("path").GetString()!);
        using var transcript = JsonDocument.Parse(await File.ReadAllTextAsync(path, Cancellation));
        var words = transcript
            .RootElement.GetProperty("segments")
            .EnumerateArray()
            .SelectMany(segment => Numbers(segment.GetProperty("words"), "start"))
            .ToList();
        var errors = lecture
            .Sentences.Select(sentence => words.Min(word => Math.Abs(word - sentence.Start)))
            .Order()
            .ToList();
        output.WriteLine($"first words: median {errors[errors.Count / 2]:0.000} s, worst {errors[^1]:0.000} s");
        ((double)errors.Count(error => error <= WordSeconds) / errors.Count).ShouldBeGreaterThanOrEqualTo(0.9);
    }

    private async Task ShouldFindRegionsAsync(LectureOptions options, Installation installation)
    {
        var export = await installation.RunAsync("events", "export", "--type", "layout_detected");
        export.ExitCode.ShouldBe(0, export.ToString());
        var layout = JsonSerializer.Deserialize<LayoutDetected>(
            export.Document.GetProperty("data"),
            ContractJson.Options
        )!;
        output.WriteLine($"{layout}");
        if (!options.PictureInPicture)
        {
            (layout.Kind, layout.Camera).ShouldBe((LayoutKind.ScreenOnly, null));
            return;
        }
        layout.Kind.ShouldBe(LayoutKind.PictureInPicture);
        Overlap(layout.Camera, LectureMaker.CameraOf(options)).ShouldBeGreaterThanOrEqualTo(RegionOverlap);
        Overlap(layout.Screen, new PictureRegion(0, 0, options.Width, options.Height))
            .ShouldBeGreaterThanOrEqualTo(RegionOverlap);
    }

    /// <summary>What two regions share, of all that they cover.</summary>
    private static double Overlap(PictureRegion? found, PictureRegion truth)
    {
        if (found is not { } region)
            return 0;
        var width = Math.Min(region.X + region.Width, truth.X + truth.Width) - Math.Max(region.X, truth.X);
        var height = Math.Min(region.Y + region.Height, truth.Y + truth.Height) - Math.Max(region.Y, truth.Y);
        double shared = Math.Max(0, width) * Math.Max(0, height);
        return shared / (region.Width * region.Height + truth.Width * truth.Height - shared);
    }

    private static IEnumerable<double> Numbers(JsonElement array, string name) =>
        array.EnumerateArray().Select(element => element.GetProperty(name).GetDouble());
}
