using EventPipeline.Processors.Media;

namespace EventPipeline.Processors.Tests.Media;

public sealed class FfmpegArgumentsTests
{
    private static readonly FfmpegOptions Options = new();

    [Fact]
    public void A_command_becomes_this_argument_list() =>
        string.Join(
                ' ',
                FfmpegArguments.Of(
                    new MediaCommand(
                        [new("/w/a b.mp4", "-ss", "12.5"), new("-odd")],
                        ["-c:v", "libx264", "/w/out.mp4"],
                        DurationSeconds: 10
                    ),
                    Options,
                    "warning",
                    progress: true
                )
            )
            .ShouldBe(
                "-hide_banner -nostdin -nostats -y -loglevel warning -max_alloc 1073741824 -timelimit 14400 "
                    + "-filter_threads 2 -filter_complex_threads 2 -progress pipe:1 -stats_period 0.5 "
                    + "-threads 2 -max_pixels 67108864 -ss 12.5 -protocol_whitelist file,pipe "
                    + "-format_whitelist mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,wav,mp3,flac,ogg,flv -i file:/w/a b.mp4 "
                    + "-threads 2 -max_pixels 67108864 -protocol_whitelist file,pipe "
                    + "-format_whitelist mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,wav,mp3,flac,ogg,flv -i file:-odd "
                    + "-threads 2 -fs 17179869184 -c:v libx264 /w/out.mp4"
            );

    [Fact]
    public void A_probe_becomes_this_argument_list() =>
        string.Join(' ', FfmpegArguments.OfProbe("/w/a.mp4", ["-show_format"]))
            .ShouldBe(
                "-hide_banner -loglevel error -of json -show_format -protocol_whitelist file,pipe "
                    + "-format_whitelist mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,wav,mp3,flac,ogg,flv -i file:/w/a.mp4"
            );

    [Fact]
    public void An_input_cannot_lift_its_own_restrictions()
    {
        var arguments = FfmpegArguments.Of(
            new MediaCommand(
                [new("/w/a.mp4", "-protocol_whitelist", "http", "-format_whitelist", "hls")],
                ["-f", "null", "-"]
            ),
            Options,
            "warning",
            progress: false
        );

        LastValue("-protocol_whitelist").ShouldBe(FfmpegArguments.Protocols);
        LastValue("-format_whitelist").ShouldBe(FfmpegArguments.Formats);

        string LastValue(string option) => arguments[arguments.LastIndexOf(option) + 1];
    }
}
