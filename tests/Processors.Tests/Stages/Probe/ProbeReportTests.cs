using System.Text.Json;
using EventPipeline.Contracts;
using EventPipeline.Processors.Stages.Probe;
using EventPipeline.TestSupport;

namespace EventPipeline.Processors.Tests.Stages.Probe;

/// <summary>Answers of the real ffprobe, kept as files, and what they mean.</summary>
public sealed class ProbeReportTests
{
    private static readonly MediaProbed Video = new(
        "mp4",
        297.867,
        true,
        true,
        1280,
        720,
        30,
        false,
        0,
        "h264",
        "aac",
        2,
        48000,
        1,
        1,
        []
    );

    [Fact]
    public void A_plain_video() => ShouldMean(Read("synthetic-720p.mp4", "mp4"), Video);

    [Fact]
    public void A_video_with_six_channels() =>
        ShouldMean(
            Read("bbb-480p-30s.mp4", "mp4"),
            Video with
            {
                DurationSeconds = 30.022,
                Width = 854,
                Height = 480,
                FrameRate = 24,
                Channels = 6,
            }
        );

    [Fact]
    public void A_turned_picture_has_the_size_that_is_shown() =>
        ShouldMean(
            Read("rot.mp4", "mp4"),
            Video with
            {
                DurationSeconds = 5.1,
                Width = 720,
                Height = 1280,
                Rotation = 270,
            }
        );

    [Fact]
    public void Sound_alone() =>
        ShouldMean(
            Read("audio_only.m4a", "mp4"),
            Video with
            {
                DurationSeconds = 10.006,
                HasVideo = false,
                Width = 0,
                Height = 0,
                FrameRate = 0,
                VideoCodec = null,
                VideoStreams = 0,
            }
        );

    [Fact]
    public void A_picture_alone() =>
        ShouldMean(
            Read("video_only.mp4", "mp4"),
            Video with
            {
                DurationSeconds = 10.167,
                HasAudio = false,
                AudioCodec = null,
                Channels = 0,
                SampleRate = 0,
                AudioStreams = 0,
            }
        );

    [Fact]
    public void The_cover_of_a_song_is_no_video()
    {
        var media = Read("cover.m4a", "mp4");

        (media.HasVideo, media.VideoStreams, media.VideoCodec, media.Width).ShouldBe((false, 0, null, 0));
    }

    [Fact]
    public void Several_streams_are_counted_and_text_subtitles_told()
    {
        var media = Read("several.mkv", "matroska");

        (media.VideoStreams, media.AudioStreams, media.FrameRate).ShouldBe((1, 2, 29.97));
        media.Subtitles.ShouldBe([
            new SubtitleStream(0, "subrip", "eng", IsText: true),
            new SubtitleStream(1, "subrip", null, IsText: true),
        ]);
    }

    [Theory]
    [InlineData("variable.mp4", "mp4", true, 20)]
    [InlineData("interlaced.ts", "mpegts", false, 25)]
    [InlineData("synthetic-720p.mp4", "mp4", false, 30)]
    public void A_varying_rate_is_told_from_interlaced_pictures(string file, string container, bool varies, double rate)
    {
        var media = Read(file, container);

        (media.IsVariableFrameRate, media.FrameRate).ShouldBe((varies, rate));
    }

    [Fact]
    public void A_live_recording_has_no_duration_until_it_is_decoded() =>
        Read("live.webm", "webm").DurationSeconds.ShouldBe(0);

    [Theory]
    [InlineData("""{"side_data_list":[{"rotation":-90}]}""", 90)]
    [InlineData("""{"side_data_list":[{"rotation":90}]}""", 270)]
    [InlineData("""{"side_data_list":[{"rotation":-180}]}""", 180)]
    [InlineData("""{"side_data_list":[{"rotation":-0.4}]}""", 0)]
    [InlineData("""{"tags":{"rotate":"270"}}""", 270)]
    [InlineData("""{"tags":{"rotate":"nonsense"}}""", 0)]
    [InlineData("{}", 0)]
    public void Rotations_are_clockwise_quarter_turns(string stream, int rotation)
    {
        using var report = JsonDocument.Parse(
            stream.Insert(1, "\"codec_type\":\"video\"" + (stream == "{}" ? "" : ",")) is var text
                ? $$"""{"streams":[{{text}}]}"""
                : ""
        );

        ProbeReport.Read(report.RootElement, "mp4").Rotation.ShouldBe(rotation);
    }

    [Theory]
    [InlineData("30000/1001", 29.97)]
    [InlineData("2997/125", 23.976)]
    [InlineData("25/1", 25)]
    [InlineData("0/0", 0)]
    [InlineData("1/0", 0)]
    [InlineData("N/A", 0)]
    public void Frame_rates_are_fractions(string text, double rate)
    {
        using var report = JsonDocument.Parse(
            $$"""{"streams":[{"codec_type":"video","avg_frame_rate":"{{text}}","r_frame_rate":"{{text}}"}]}"""
        );

        ProbeReport.Read(report.RootElement, "mp4").FrameRate.ShouldBe(rate);
    }

    private static void ShouldMean(MediaProbed media, MediaProbed expected)
    {
        media.Subtitles.ShouldBe(expected.Subtitles);
        (media with { Subtitles = expected.Subtitles }).ShouldBe(expected); // records compare lists by reference
    }

    private static MediaProbed Read(string file, string container)
    {
        using var report = JsonDocument.Parse(
            File.ReadAllBytes(Repository.PathOf($"tests/Processors.Tests/Stages/Probe/Golden/{file}.json"))
        );
        return ProbeReport.Read(report.RootElement, container);
    }
}
