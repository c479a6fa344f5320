using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace EventPipeline.Host.Tests;

/// <summary>The main job as its users run it: a lecture in, highlights out. The sample lecture is the product's own.</summary>
public sealed class HighlightsTests
{
    [Fact]
    public async Task A_lecture_becomes_five_clips_with_subtitles_and_reasons_and_is_found_again()
    {
        using var installation = await Installation.CreateAsync();
        var cancellation = TestContext.Current.CancellationToken;

        var first = await installation.RunAsync("sample", "--out", installation["out"], "--json");

        first.ExitCode.ShouldBe(0, first.ToString());
        var document = first.Document;
        document.GetProperty("status").GetString().ShouldBe("completed");
        var clips = document.GetProperty("clips").EnumerateArray().ToList();
        clips.Count.ShouldBe(5, first.ToString());
        var frame = 1 / document.GetProperty("media").GetProperty("frameRate").GetDouble();
        var words = await WordsAsync(installation["out"], document, cancellation);
        words.ShouldNotBeEmpty();
        foreach (var clip in clips)
        {
            var path = Path.Combine(installation["out"], clip.GetProperty("path").GetString()!);
            await using var file = File.OpenRead(path);
            Convert
                .ToHexStringLower(await SHA256.HashDataAsync(file, cancellation))
                .ShouldBe(clip.GetProperty("sha256").GetString());
            foreach (var part in new[] { "srt", "vtt", "thumbnail" })
                new FileInfo(
                    Path.Combine(installation["out"], clip.GetProperty(part).GetString()!)
                ).Length.ShouldBePositive();
            Math.Abs(clip.GetProperty("startErrorSeconds").GetDouble()).ShouldBeLessThanOrEqualTo(frame + 1e-6);
            foreach (var edge in new[] { clip.GetProperty("start").GetDouble(), clip.GetProperty("end").GetDouble() })
                words.ShouldNotContain(
                    word => word.Start + 0.01 < edge && edge < word.End - 0.01,
                    $"{edge} cuts a word"
                );
        }
        foreach (var highlight in document.GetProperty("highlights").EnumerateArray())
            highlight.GetProperty("reason").GetString().ShouldNotBeNullOrWhiteSpace();
        await ShouldHaveAStoryboardAsync(installation["out"], document, cancellation);
        ShouldHaveRoundNumbers(installation["out"]);
        var jobId = document.GetProperty("jobId").GetString()!;
        installation.Leftovers().ShouldBeEmpty();

        var again = await installation.RunAsync("sample", "--out", installation["again"], "--json");
        again.ExitCode.ShouldBe(0, again.ToString());
        again.Document.GetProperty("jobId").GetString().ShouldBe(jobId);

        await ShouldExplainItselfAsync(installation, jobId);
        await ShouldHaveNoOrphansAsync(installation);
        await ShouldRebuildToTheSameAsync(installation, jobId);
    }

    private static async Task ShouldHaveAStoryboardAsync(
        string folder,
        JsonElement document,
        CancellationToken cancellation
    )
    {
        var storyboard = document.GetProperty("storyboard");
        var sprite = storyboard.GetProperty("sprite").GetString()!;
        var thumbnails = storyboard.GetProperty("thumbnails").EnumerateArray().ToList();
        string[] pictures =
        [
            sprite,
            storyboard.GetProperty("waveform").GetString()!,
            .. thumbnails.Select(thumbnail => thumbnail.GetProperty("path").GetString()!),
        ];
        foreach (var picture in pictures)
            new FileInfo(Path.Combine(folder, picture)).Length.ShouldBePositive();
        thumbnails.Count.ShouldBeGreaterThan(10);
        var map = await File.ReadAllTextAsync(
            Path.Combine(folder, storyboard.GetProperty("vtt").GetString()!),
            cancellation
        );
        map.Split('\n')
            .Count(line => line.StartsWith($"{Path.GetFileName(sprite)}#xywh=", StringComparison.Ordinal))
            .ShouldBe(thumbnails.Count, "a box of the sheet for every thumbnail, by the name that the sheet has here");
    }

    private static void ShouldHaveRoundNumbers(string folder)
    {
        foreach (var path in Directory.EnumerateFiles(folder, "*.json"))
            Regex.Match(File.ReadAllText(path), @"\d\.\d{4,}").Value.ShouldBeEmpty(path);
    }

    private static async Task ShouldExplainItselfAsync(Installation installation, string jobId)
    {
        var timeline = await installation.RunAsync("job", jobId);
        timeline.ExitCode.ShouldBe(0, timeline.ToString());
        timeline.Output.ShouldContain("probe");
        timeline.Output.ShouldContain("compile");
        var jobs = await installation.RunAsync("jobs");
        jobs.Output.ShouldContain(jobId);
    }

    /// <summary>Every object in the store is named by an event, and every object that an event names is there.</summary>
    internal static async Task ShouldHaveNoOrphansAsync(Installation installation)
    {
        var export = await installation.RunAsync("events", "export");
        export.ExitCode.ShouldBe(0, export.ToString());
        var named = new HashSet<string>(StringComparer.Ordinal);
        foreach (var line in export.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            using var @event = JsonDocument.Parse(line);
            CollectKeys(@event.RootElement.GetProperty("data"), named);
        }
        installation.StoredKeys().ShouldBe(named.Order(StringComparer.Ordinal));
    }

    private static void CollectKeys(JsonElement element, HashSet<string> keys)
    {
        if (element.ValueKind == JsonValueKind.Array)
            foreach (var item in element.EnumerateArray())
                CollectKeys(item, keys);
        if (element.ValueKind != JsonValueKind.Object)
            return;
        if (element.TryGetProperty("key", out var key) && element.TryGetProperty("sha256", out _))
            keys.Add(key.GetString()!);
        foreach (var property in element.EnumerateObject())
            CollectKeys(property.Value, keys);
    }

    private static async Task ShouldRebuildToTheSameAsync(Installation installation, string jobId)
    {
        var before = await installation.RunAsync("job", jobId, "--json");
        var rebuild = await installation.RunAsync("rebuild");
        rebuild.ExitCode.ShouldBe(0, rebuild.ToString());
        var after = await installation.RunAsync("job", jobId, "--json");
        after.Output.ShouldBe(before.Output);
    }

    private static async Task<List<(double Start, double End)>> WordsAsync(
        string folder,
        JsonElement document,
        CancellationToken cancellation
    )
    {
        var path = Path.Combine(folder, document.GetProperty("transcript").GetProperty("path").GetString()!);
        using var transcript = JsonDocument.Parse(await File.ReadAllTextAsync(path, cancellation));
        return
        [
            .. from segment in transcript.RootElement.GetProperty("segments").EnumerateArray()
            from word in segment.GetProperty("words").EnumerateArray()
            select (word.GetProperty("start").GetDouble(), word.GetProperty("end").GetDouble()),
        ];
    }
}
