using EventPipeline.Contracts;
using EventPipeline.Objects;
using EventPipeline.Processors.Engines.Models;
using EventPipeline.Processors.Engines.Speech;
using EventPipeline.Processors.Engines.Speech.Alignment;
using EventPipeline.Processors.Engines.Voice;
using EventPipeline.Processors.Media;
using EventPipeline.Processors.Stages.Transcribe;
using EventPipeline.Processors.Stages.Transcript;
using EventPipeline.Processors.Tests.Engines;
using EventPipeline.Processors.Tests.Hosting;
using EventPipeline.TestSupport.Lectures;
using Microsoft.Extensions.Logging.Abstractions;

namespace EventPipeline.Processors.Tests.Stages;

/// <summary>Runs the stages transcribe and transcript over a file, with what they need from the stages before them.</summary>
internal sealed class SpeechJob(LocalModels models, CancellationToken cancellation) : IDisposable
{
    private readonly TestSupport.TemporaryFolder folder = new();
    private readonly List<StageInput> inputs = [];
    private FolderObjectStore? store;

    public FolderObjectStore Store => store ??= new FolderObjectStore(folder["objects"]);

    public WordAligner Aligner { get; } = new(NullLogger<WordAligner>.Instance);

    public JobOptions Options { get; init; } = new();

    /// <summary>Detects voice, cuts chunks, and stores them as the features stage does.</summary>
    public async Task<SpeechDetected> PrepareAsync(string media)
    {
        await models.RequireAsync(ModelCatalogue.SileroVoice);
        var pcm = folder["sound.pcm"];
        await FfmpegTool.RunAsync(
            folder.Path,
            ["-i", media, "-map", "0:a:0", "-ac", "1", "-ar", "16000", "-f", "s16le", pcm],
            cancellation
        );
        IReadOnlyList<TimeRange> regions;
        await using (var stream = File.OpenRead(pcm))
            regions = await new SileroVoiceDetector(models.Pool).DetectAsync(stream, new VoiceSettings(), cancellation);
        var bytes = await File.ReadAllBytesAsync(pcm, cancellation);
        var samples = new short[bytes.Length / 2];
        Buffer.BlockCopy(bytes, 0, samples, 0, samples.Length * 2);
        var sound = new WavSound(samples);
        var chunks = new List<SpeechChunk>();
        foreach (var plan in SpeechChunks.Plan(regions))
        {
            var joined = plan.Pieces.SelectMany(piece => sound.Slice(piece).ToArray()).ToArray();
            var wav = new WavSound(joined).Write();
            var stored = await StoreAsync(wav, $"audio/{plan.Name}.wav");
            chunks.Add(new SpeechChunk(plan.Name, plan.Pieces, stored));
        }
        var speech = new SpeechDetected(regions, chunks);
        await AddAsync("features", Item.WholeVideo.Name, speech);
        return speech;
    }

    /// <summary>Makes an output of an earlier stage.</summary>
    public async Task AddAsync(string stage, string item, params IReadOnlyList<Fact> facts) =>
        inputs.Add(
            new StageInput(stage, item, await StoreAsync(new FactDocument(facts).Write(), $"facts/{stage}-{item}.json"))
        );

    public Task AddProbedAsync(double duration, params IReadOnlyList<SubtitleStream> subtitles) =>
        AddAsync(
            "probe",
            Item.WholeVideo.Name,
            new MediaProbed("mp4", duration, true, true, 1, 1, 30, false, 0, "h264", "aac", 1, 48_000, 1, 1, subtitles)
        );

    public async Task<ChunkTranscribed> TranscribeAsync(ITranscriber transcriber, SpeechChunk chunk)
    {
        var work = Work.Of(TranscribeStage.StageName, inputs: [.. inputs]) with
        {
            Item = new Item(chunk.Name),
            Options = Options,
        };
        var result = await RunAsync(new TranscribeStage(transcriber, Aligner), work);
        var fact = result.Facts.ShouldHaveSingleItem().ShouldBeOfType<ChunkTranscribed>();
        await AddAsync(TranscribeStage.StageName, chunk.Name, fact);
        return fact;
    }

    public async Task<TranscriptProduced> TranscriptAsync(ArtifactReference? source = null)
    {
        var work = Work.Of("transcript", source, [.. inputs]) with { Options = Options };
        var result = await RunAsync(new TranscriptStage(new Ffmpeg(new FfmpegOptions())), work);
        return result.Facts.ShouldHaveSingleItem().ShouldBeOfType<TranscriptProduced>();
    }

    public async Task<ArtifactReference> StoreAsync(byte[] content, string key)
    {
        var stored = await Store.PutAsync(key, content, "application/octet-stream", cancellation);
        return new ArtifactReference(key, stored.Sha256!, stored.ByteCount, stored.ContentType);
    }

    public async Task<string> TextAsync(ArtifactReference artifact)
    {
        using var reader = new StreamReader(await Store.OpenAsync(artifact.Key, cancellation));
        return await reader.ReadToEndAsync(cancellation);
    }

    public void Dispose() => folder.Dispose();

    private async Task<StageResult> RunAsync(IStage stage, WorkItem work)
    {
        using var workspace = Workspace.Create(folder["work"]);
        return await stage.RunAsync(new StageContext(work, workspace, Store, (_, _) => { }), cancellation);
    }
}
