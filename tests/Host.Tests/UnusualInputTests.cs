using System.Globalization;
using System.Text.Json;
using EventPipeline.Processors.Media;
using EventPipeline.TestSupport;
using EventPipeline.TestSupport.Lectures;

namespace EventPipeline.Host.Tests;

/// <summary>Files that are no usual lecture and yet good: they complete with what they carry, and the document says what that was. The
/// files of the shared media are used where they are, else others are made.</summary>
public sealed class UnusualInputTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Sound_alone_gives_clips_of_sound()
    {
        using var installation = await Installation.CreateAsync();
        var source =
            SharedMedia.Find("edge/audio_only.m4a")
            ?? await MakeAsync(installation, "sound.m4a", ["-f", "lavfi", "-i", "sine=f=330", .. Sound]);

        var document = await CompleteAsync(installation, source);

        Signals(document).ShouldNotContain("scenes");
        document.GetProperty("media").GetProperty("hasAudio").GetBoolean().ShouldBeTrue();
        (await KindsOfAsync(installation, document)).ShouldBe(["audio"]);
        var storyboard = document.GetProperty("storyboard");
        storyboard.GetProperty("sprite").ValueKind.ShouldBe(JsonValueKind.Null);
        File.Exists(Path.Combine(installation["out"], storyboard.GetProperty("waveform").GetString()!)).ShouldBeTrue();
    }

    [Fact]
    public async Task A_picture_without_sound_gives_clips_without_sound()
    {
        using var installation = await Installation.CreateAsync();
        var source =
            SharedMedia.Find("edge/video_only.mp4")
            ?? await MakeAsync(installation, "picture.mp4", ["-f", "lavfi", "-i", "testsrc2=r=15", .. Picture]);

        var document = await CompleteAsync(installation, source);

        Signals(document).ShouldBe(["scenes"]);
        document.GetProperty("media").GetProperty("hasAudio").GetBoolean().ShouldBeFalse();
        (await KindsOfAsync(installation, document)).ShouldBe(["video"]);
        document.GetProperty("storyboard").GetProperty("waveform").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public async Task A_picture_that_players_turn_is_upright_in_the_clips()
    {
        using var installation = await Installation.CreateAsync();
        var source = SharedMedia.Find("edge/rot.mp4") ?? await MakeTurnedAsync(installation);

        var document = await CompleteAsync(installation, source);

        Signals(document).ShouldContain("scenes");
        var media = document.GetProperty("media");
        (media.GetProperty("width").GetInt32() < media.GetProperty("height").GetInt32()).ShouldBeTrue(media.ToString());
        foreach (var clip in Clips(installation, document))
        {
            using var answer = await ProbeAsync(clip);
            var video = answer
                .RootElement.GetProperty("streams")
                .EnumerateArray()
                .Single(stream => stream.GetProperty("codec_type").GetString() == "video");
            foreach (var side in new[] { "width", "height" })
                video.GetProperty(side).GetInt32().ShouldBe(media.GetProperty(side).GetInt32());
            video.TryGetProperty("side_data_list", out _).ShouldBeFalse("nothing is left for the player to turn");
            (await LikenessAsync(installation, clip, source)).ShouldBeGreaterThan(0.8);
        }
    }

    private static async Task<JsonElement> CompleteAsync(Installation installation, string source)
    {
        var ended = await installation.RunAsync("process", source, "--out", installation["out"], "--json");
        ended.ExitCode.ShouldBe(0, ended.ToString());
        var document = ended.Document;
        document.GetProperty("status").GetString().ShouldBe("completed");
        foreach (var stage in document.GetProperty("stages").EnumerateArray())
            if (stage.GetProperty("stage").GetString() != "transcribe") // It has nothing to do where nobody speaks.
                stage.GetProperty("status").GetString().ShouldBe("succeeded", ended.ToString());
        Clips(installation, document).ShouldNotBeEmpty();
        installation.Leftovers().ShouldBeEmpty();
        return document;
    }

    private static string[] Signals(JsonElement document) =>
        [.. document.GetProperty("signals").EnumerateArray().Select(signal => signal.GetString()!)];

    private static string[] Clips(Installation installation, JsonElement document) =>
        [
            .. document
                .GetProperty("clips")
                .EnumerateArray()
                .Select(clip => Path.Combine(installation["out"], clip.GetProperty("path").GetString()!)),
        ];

    private static async Task<string[]> KindsOfAsync(Installation installation, JsonElement document)
    {
        var kinds = new HashSet<string>(StringComparer.Ordinal);
        foreach (var clip in Clips(installation, document))
        {
            using var answer = await ProbeAsync(clip);
            foreach (var stream in answer.RootElement.GetProperty("streams").EnumerateArray())
                kinds.Add(stream.GetProperty("codec_type").GetString()!);
        }
        return [.. kinds];
    }

    private static Task<JsonDocument> ProbeAsync(string path) =>
        new Ffmpeg(new FfmpegOptions()).ProbeAsync(path, Cancellation, "-show_streams");

    /// <summary>How alike the first pictures are as players show them: 1 for the same, about 0 for others.</summary>
    private static async Task<double> LikenessAsync(Installation installation, string clip, string source)
    {
        var folder = Directory.CreateDirectory(installation["compared"]).FullName;
        await FfmpegTool.RunAsync(
            folder,
            [
                .. (string[])["-i", clip, "-i", source, "-filter_complex", "[0:v][1:v]ssim=stats_file=likeness.log"],
                .. (string[])["-frames:v", "1", "-f", "null", "-"],
            ],
            Cancellation
        );
        var first = (await File.ReadAllLinesAsync(Path.Combine(folder, "likeness.log"), Cancellation))[0];
        var all = first.Split(' ').Single(part => part.StartsWith("All:", StringComparison.Ordinal));
        return double.Parse(all["All:".Length..], CultureInfo.InvariantCulture);
    }

    private static string[] Sound => ["-t", "10", "-c:a", "aac"];

    private static string[] Picture => ["-t", "10", "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"];

    private static async Task<string> MakeAsync(Installation installation, string name, string[] arguments)
    {
        var folder = Directory.CreateDirectory(installation["made"]).FullName;
        await FfmpegTool.RunAsync(folder, [.. arguments, name], Cancellation);
        return Path.Combine(folder, name);
    }

    private static async Task<string> MakeTurnedAsync(Installation installation)
    {
        var plain = await MakeAsync(installation, "plain.mp4", ["-f", "lavfi", "-i", "testsrc2=r=15", .. Picture]);
        try
        {
            return await MakeAsync(installation, "turned.mp4", ["-display_rotation", "90", "-i", plain, "-c", "copy"]);
        }
        catch (InvalidOperationException) // Before version 6 ffmpeg has no such option.
        {
            string[] turned = ["-i", plain, "-c", "copy", "-metadata:s:v:0", "rotate=90"];
            return await MakeAsync(installation, "turned.mp4", turned);
        }
    }
}
