using EventPipeline.Contracts;
using EventPipeline.Processors.Engines.Models;
using EventPipeline.Processors.Engines.Voice;
using EventPipeline.TestSupport;
using EventPipeline.TestSupport.Lectures;

namespace EventPipeline.Processors.Tests.Engines.Voice;

[Collection(SpeechModels.Name)]
public sealed class SileroVoiceDetectorTests(LocalModels models)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("0870")]
    [InlineData("0920")]
    public async Task A_voice_is_found_from_its_first_to_its_last_sound(string clip)
    {
        var path = Recordings.Require($"speech/sense_and_sensibility_01_austen_64kb-{clip}.wav");
        // Marks of an editor: where speech and where silence begins.
        var marks = (await File.ReadAllLinesAsync(Path.ChangeExtension(path, ".lab"), Cancellation))
            .Select(line => line.Split('\t'))
            .ToLookup(mark => mark[2], mark => double.Parse(mark[0]));
        await using var sound = File.OpenRead(path);
        sound.Position = 44;
        var regions = await DetectAsync(sound);
        regions[0].Start.ShouldBeLessThanOrEqualTo(marks["speech"].First() + 0.1);
        regions[^1].End.ShouldBeGreaterThanOrEqualTo(marks["silence"].Last() - 0.2);
    }

    [Fact]
    public async Task Pauses_of_a_talk_are_found_and_its_words_are_not_taken_for_pauses()
    {
        Assert.SkipUnless(
            await FfmpegTool.CanSpeakAsync(Cancellation),
            "ffmpeg with flite is missing: apt-get install ffmpeg"
        );
        using var folder = new TemporaryFolder();
        await FfmpegTool.RunAsync(
            folder.Path,
            [
                "-f",
                "lavfi",
                "-i",
                "flite=text='The first sentence of this talk is here.':voice=slt",
                "-f",
                "lavfi",
                "-i",
                "anoisesrc=d=3:a=0.001:r=16000",
                "-f",
                "lavfi",
                "-i",
                "flite=text='And this is another sentence after a pause.':voice=rms",
                "-filter_complex",
                "[0]aresample=16000[a];[2]aresample=16000[b];[a][1][b]concat=n=3:v=0:a=1",
                "-ac",
                "1",
                "-f",
                "s16le",
                "talk.pcm",
            ],
            Cancellation
        );
        await using var sound = File.OpenRead(folder["talk.pcm"]);
        var regions = await DetectAsync(sound);
        regions.Count.ShouldBe(2);
        (regions[1].Start - regions[0].End).ShouldBeInRange(2.5, 4);
    }

    [Fact]
    public async Task Silence_and_nothing_hold_no_voice()
    {
        (await DetectAsync(new MemoryStream())).ShouldBeEmpty();
        (await DetectAsync(new MemoryStream(new byte[1]))).ShouldBeEmpty();
        (await DetectAsync(new MemoryStream(new byte[96_001]))).ShouldBeEmpty();
    }

    [Fact]
    public async Task However_the_sound_arrives_the_regions_are_the_same()
    {
        var path = Recordings.Require("speech/sense_and_sensibility_01_austen_64kb-0870.wav");
        var bytes = (await File.ReadAllBytesAsync(path, Cancellation))[44..];
        var whole = await DetectAsync(new MemoryStream(bytes));
        (await DetectAsync(new TricklingStream(bytes))).ShouldBe(whole);
    }

    private async Task<IReadOnlyList<TimeRange>> DetectAsync(Stream sound)
    {
        await models.RequireAsync(ModelCatalogue.SileroVoice);
        return await new SileroVoiceDetector(models.Pool).DetectAsync(sound, new VoiceSettings(), Cancellation);
    }

    /// <summary>Gives at most 333 bytes at a time, as a pipe may.</summary>
    private sealed class TricklingStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(333, buffer.Length)], cancellationToken);
    }
}
