using EventPipeline.TestSupport;

namespace EventPipeline.Host.Tests;

/// <summary>Promise 6: bad input gets a clear error and costs nothing. Each file is given to the program as a user would.</summary>
public sealed class RejectedInputTests
{
    private static readonly string[] Forbidden = ["Exception", "ffmpeg", "ffprobe", "workspaces", "stack"];

    [Theory]
    [InlineData("edge/empty.mp4")]
    [InlineData("edge/garbage.mp4")]
    [InlineData("edge/text.mp4")]
    [InlineData("edge/corrupt.mp4")]
    [InlineData("edge/trunc_faststart.mp4")]
    [InlineData("edge/trunc_nomoov.mp4")]
    public async Task A_broken_file_is_rejected_with_a_sentence_and_leaves_nothing_behind(string name)
    {
        Assert.SkipUnless(SharedMedia.Find(name) is not null, SharedMedia.HowToGet);
        await ShouldBeRejectedAsync(SharedMedia.Find(name)!);
    }

    [Fact]
    public async Task A_playlist_that_points_to_local_files_is_rejected()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder["secret.txt"], "secret", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(
            folder["playlist.mp4"],
            $"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nfile://{folder["secret.txt"]}\n#EXT-X-ENDLIST\n",
            TestContext.Current.CancellationToken
        );
        await ShouldBeRejectedAsync(folder["playlist.mp4"]);
    }

    [Fact]
    public async Task A_list_of_files_to_join_is_rejected()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(
            folder["list.mp4"],
            "ffconcat version 1.0\nfile /etc/hostname\nduration 5\n",
            TestContext.Current.CancellationToken
        );
        await ShouldBeRejectedAsync(folder["list.mp4"]);
    }

    [Fact]
    public async Task A_link_to_something_that_is_no_video_is_rejected()
    {
        using var folder = new TemporaryFolder();
        File.CreateSymbolicLink(folder["link.mp4"], "/etc/passwd");
        await ShouldBeRejectedAsync(folder["link.mp4"]);
    }

    [Fact]
    public async Task A_file_that_is_not_there_is_rejected()
    {
        using var folder = new TemporaryFolder();
        await ShouldBeRejectedAsync(folder["missing.mp4"]);
    }

    [Fact]
    public async Task A_folder_is_rejected()
    {
        using var folder = new TemporaryFolder();
        await ShouldBeRejectedAsync(folder.Path);
    }

    private static async Task ShouldBeRejectedAsync(string path)
    {
        using var installation = await Installation.CreateAsync();

        var ended = await installation.RunAsync("process", path, "--out", installation["out"], "--json");

        ended.ExitCode.ShouldBe(2, ended.ToString());
        var sentence = ended.Errors.Trim().Split('\n')[^1];
        sentence.ShouldEndWith(".");
        foreach (var word in Forbidden)
            sentence.ShouldNotContain(word, Case.Insensitive);
        Directory.Exists(installation["out"]).ShouldBeFalse();
        installation.StoredKeys().ShouldBeEmpty();
        installation.Leftovers().ShouldBeEmpty();
    }
}
