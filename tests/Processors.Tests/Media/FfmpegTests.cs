using System.Diagnostics;
using System.Globalization;
using EventPipeline.Processors.Media;

namespace EventPipeline.Processors.Tests.Media;

/// <summary>The runner against the real ffmpeg. What a file may open is covered by <see cref="HostileInputTests"/>.</summary>
public sealed class FfmpegTests : IDisposable
{
    private readonly Ffmpeg ffmpeg = new(new FfmpegOptions());
    private readonly Workspace folder = Workspace.Create(Path.GetTempPath());

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Both_programs_are_found_and_old_ones_are_warned_about()
    {
        var version = await ffmpeg.CheckVersionAsync(TestContext.Current.CancellationToken);

        (version.Warning is null).ShouldBe(version.Number is null || version.Number >= FfmpegVersion.Advised);
    }

    [Theory]
    [InlineData("ffmpeg version 5.1.9-0+deb12u1 Copyright (c) 2000-2026", "5.1.9", true)]
    [InlineData("ffmpeg version n8.1.2 Copyright (c) 2000-2026", "8.1.2", false)]
    [InlineData("ffmpeg version 8.2 Copyright (c) 2000-2026", "8.2", false)]
    [InlineData("ffmpeg version N-123456-gabcdef Copyright (c) 2000-2026", null, false)]
    public void Versions_are_read(string output, string? number, bool warned)
    {
        var version = FfmpegVersion.Parse(output);

        version.Number?.ToString().ShouldBe(number);
        (version.Warning is not null).ShouldBe(warned);
    }

    [Fact]
    public async Task A_missing_program_is_named_with_the_way_to_install_it()
    {
        var missing = new Ffmpeg(new FfmpegOptions { ProbeProgram = "no-such-ffprobe" });

        var failure = await Should.ThrowAsync<MediaException>(() => missing.CheckVersionAsync(default));

        failure.Message.ShouldBe(
            "no-such-ffprobe cannot be started. Install it: apt-get install --no-install-recommends ffmpeg"
        );
    }

    [Fact]
    public async Task Progress_rises_to_the_end_and_the_processor_time_is_counted()
    {
        var source = await MakeAsync("a.wav", 20);
        var percents = new List<double>();
        var meter = new StageMeter();

        await ffmpeg.RunAsync(
            new MediaCommand([new(source)], ["-af", "aresample=8000", folder.PathOf("b.flac")], DurationSeconds: 20),
            TestContext.Current.CancellationToken,
            percents.Add,
            meter
        );

        percents.ShouldNotBeEmpty();
        percents.ShouldBe(percents.Order());
        percents[^1].ShouldBe(100, 0.5);
        meter.ChildCpuSeconds.ShouldBeInRange(0.001, 60);
    }

    [Fact]
    public async Task Sound_is_read_in_pieces_of_which_only_the_last_is_shorter()
    {
        var source = await MakeAsync("a.wav", 2.5);
        var pieces = new List<(int Index, int Bytes)>();

        await ffmpeg.ReadFramesAsync(
            new MediaCommand([new(source)], ["-f", "s16le", "-ac", "1", "-ar", "16000", "-"]),
            32_000,
            (piece, index) =>
            {
                pieces.Add((index, piece.Length));
                return ValueTask.CompletedTask;
            },
            TestContext.Current.CancellationToken
        );

        pieces.ShouldBe([(0, 32_000), (1, 32_000), (2, 16_000)]);
    }

    [Fact]
    public async Task An_error_in_the_reader_ends_the_process_and_reaches_the_caller()
    {
        var source = await MakeAsync("a.wav", 60);

        await Should.ThrowAsync<InvalidDataException>(() =>
            ffmpeg.ReadFramesAsync(
                new MediaCommand([new(source, "-re", "-stream_loop", "-1")], ["-f", "s16le", "-"]),
                32_000,
                (_, _) => throw new InvalidDataException("enough"),
                TestContext.Current.CancellationToken
            )
        );

        RunningOn(source).ShouldBeEmpty();
    }

    [Fact]
    public async Task Cancelling_ends_the_process()
    {
        var source = await MakeAsync("a.wav", 10);
        using var cancellation = new CancellationTokenSource();

        await Should.ThrowAsync<OperationCanceledException>(() =>
            ffmpeg.RunAsync(
                new MediaCommand(
                    [new(source, "-re", "-stream_loop", "-1")],
                    ["-f", "null", "-"],
                    DurationSeconds: 1_000
                ),
                cancellation.Token,
                _ => cancellation.Cancel()
            )
        );

        RunningOn(source).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_run_that_takes_too_long_is_ended()
    {
        var hasty = new Ffmpeg(new FfmpegOptions { TimeLimit = TimeSpan.FromSeconds(1) });
        var source = await MakeAsync("a.wav", 10);

        var failure = await Should.ThrowAsync<MediaException>(() =>
            hasty.RunAsync(
                new MediaCommand([new(source, "-re", "-stream_loop", "-1")], ["-f", "null", "-"]),
                TestContext.Current.CancellationToken
            )
        );

        failure.Message.ShouldStartWith("ffmpeg did not end within 00:00:01.");
        RunningOn(source).ShouldBeEmpty();
    }

    [Fact]
    public async Task Half_a_file_does_not_pass_for_a_whole_one_when_it_grows_too_large()
    {
        var frugal = new Ffmpeg(new FfmpegOptions { OutputByteLimit = 100_000 });
        var source = await MakeAsync("a.wav", 10);

        var failure = await Should.ThrowAsync<MediaException>(() =>
            frugal.RunAsync(
                new MediaCommand([new(source)], ["out.wav"], WorkingDirectory: folder.Folder),
                TestContext.Current.CancellationToken
            )
        );

        failure.Message.ShouldBe("ffmpeg wrote more than 100000 bytes to one file.");
    }

    [Fact]
    public async Task A_failure_carries_the_exit_code_and_the_end_of_the_log()
    {
        var failure = await Should.ThrowAsync<MediaException>(() =>
            ffmpeg.RunAsync(
                new MediaCommand([new(folder.PathOf("absent.mp4"))], ["-f", "null", "-"]),
                TestContext.Current.CancellationToken
            )
        );

        failure.ExitCode.ShouldBe(1);
        failure.Log.ShouldContain("No such file or directory");
    }

    [Fact]
    public async Task A_child_gets_none_of_our_secrets()
    {
        var result = await ProcessRunner.RunAsync("env", [], TestContext.Current.CancellationToken);

        var names = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('=')[0]);
        names
            .Except([
                "PATH",
                "HOME",
                "TMPDIR",
                "LD_LIBRARY_PATH",
                "XDG_CACHE_HOME",
                "FONTCONFIG_FILE",
                "FONTCONFIG_PATH",
            ])
            .ShouldBe(["LC_ALL", "AV_LOG_FORCE_NOCOLOR"], ignoreOrder: true);
    }

    [Fact]
    public async Task Too_much_output_is_an_error_and_not_a_cut()
    {
        var result = await ProcessRunner.RunAsync(
            "seq",
            ["1", "100000"],
            TestContext.Current.CancellationToken,
            new ProcessLimits { OutputBytes = 1 << 20 }
        );
        result.Output.ShouldEndWith("99999\n100000\n");

        await Should.ThrowAsync<ProcessLimitException>(() =>
            ProcessRunner.RunAsync("seq", ["1", "100000"], default, new ProcessLimits { OutputBytes = 1000 })
        );
    }

    private async Task<string> MakeAsync(string name, double seconds)
    {
        var path = folder.PathOf(name);
        await ProcessRunner.RunAsync(
            "ffmpeg",
            [
                "-v",
                "error",
                "-f",
                "lavfi",
                "-i",
                $"sine=duration={seconds.ToString(CultureInfo.InvariantCulture)}",
                path,
            ],
            TestContext.Current.CancellationToken
        );
        return path;
    }

    private static IEnumerable<string> RunningOn(string path) =>
        Process
            .GetProcessesByName("ffmpeg")
            .Select(process =>
            {
                try
                {
                    return File.ReadAllText($"/proc/{process.Id}/cmdline");
                }
                catch (IOException)
                {
                    return ""; // it has just ended
                }
            })
            .Where(line => line.Contains(path, StringComparison.Ordinal));
}
