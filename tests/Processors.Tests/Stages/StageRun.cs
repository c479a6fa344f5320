using EventPipeline.Contracts;
using EventPipeline.Objects;
using EventPipeline.Processors.Tests.Hosting;

namespace EventPipeline.Processors.Tests.Stages;

/// <summary>Runs a stage as the host does, with a real object store, and without a broker.</summary>
internal sealed class StageRun : IDisposable
{
    private readonly TestSupport.TemporaryFolder folder = new();
    private readonly FolderObjectStore objects;

    public StageRun() => objects = new FolderObjectStore(folder["objects"]);

    /// <summary>Everything that was reported, in order.</summary>
    public List<(double Percent, string Activity)> Reports { get; } = [];

    /// <summary>What the job was started with.</summary>
    public JobOptions Options { get; init; } = new();

    /// <summary>What the last stage used.</summary>
    public StageMeter Meter { get; private set; } = new();

    /// <summary>A path for a file that a test makes.</summary>
    public string PathOf(string name) => folder[name];

    public void Dispose()
    {
        objects.Dispose();
        folder.Dispose();
    }

    /// <summary>Stores a file as the uploaded source.</summary>
    public async Task<ArtifactReference> UploadAsync(string path)
    {
        var stored = await objects.PutAsync($"videos/raw/{Path.GetFileName(path)}", path, "video/mp4", default);
        return new ArtifactReference(stored.Key, stored.Sha256!, stored.ByteCount, stored.ContentType);
    }

    /// <summary>Stores facts as the output of an earlier stage.</summary>
    public async Task<StageInput> OutputAsync(string stage, params IReadOnlyList<Fact> facts)
    {
        var document = new FactDocument(facts).Write();
        var stored = await objects.PutAsync($"facts/{stage}.json", document, "application/json", default);
        return new StageInput(
            stage,
            Item.WholeVideo.Name,
            new ArtifactReference(stored.Key, stored.Sha256!, stored.ByteCount, stored.ContentType)
        );
    }

    /// <summary>Does one work item.</summary>
    public async Task<StageResult> RunAsync(
        IStage stage,
        ArtifactReference source,
        params IReadOnlyList<StageInput> inputs
    )
    {
        using var workspace = Workspace.Create(folder["workspaces"]);
        Meter = new StageMeter();
        var context = new StageContext(
            Work.Of(stage.Name, source, inputs) with
            {
                Options = Options,
            },
            workspace,
            objects,
            (percent, activity) => Reports.Add((percent, activity)),
            Meter
        );
        return await stage.RunAsync(context, TestContext.Current.CancellationToken);
    }

    /// <summary>Brings an artifact to a file.</summary>
    public async Task<string> FetchAsync(ArtifactReference artifact)
    {
        var path = folder[Path.GetFileName(artifact.Key)];
        await objects.FetchAsync(artifact.Key, artifact.Sha256, path, default);
        return path;
    }

    /// <summary>Makes a file with ffmpeg, also from generators.</summary>
    public async Task<string> MakeAsync(string name, params IReadOnlyList<string> arguments)
    {
        var path = folder[name];
        var result = await Processors.Media.ProcessRunner.RunAsync(
            "ffmpeg",
            ["-v", "error", "-nostdin", .. arguments, path],
            TestContext.Current.CancellationToken
        );
        result.ExitCode.ShouldBe(0, result.Errors);
        return path;
    }
}
