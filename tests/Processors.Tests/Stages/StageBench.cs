using EventPipeline.Contracts;
using EventPipeline.Objects;
using EventPipeline.Processors.Media;
using EventPipeline.TestSupport.Lectures;

namespace EventPipeline.Processors.Tests.Stages;

/// <summary>What a stage needs around it: a real object store with the source and the outputs of earlier stages, and a workspace.</summary>
public sealed class StageBench : IDisposable
{
    public static readonly Guid VideoId = Guid.Parse("11111111-2222-3333-4444-555555555555");
    private readonly string root = Directory.CreateTempSubdirectory("bench-").FullName;
    private readonly FolderObjectStore objects;

    public StageBench() => objects = new FolderObjectStore(Path.Combine(root, "objects"));

    public IObjectStore Objects => objects;

    public Ffmpeg Ffmpeg { get; } = new(new FfmpegOptions());

    /// <summary>Folder for a test's own files.</summary>
    public string Folder => root;

    public void Dispose()
    {
        objects.Dispose();
        Directory.Delete(root, recursive: true);
    }

    /// <summary>Makes a media file with ffmpeg.</summary>
    /// <param name="arguments">All but the name of the file.</param>
    public async Task<string> MakeAsync(string name, params string[] arguments)
    {
        await FfmpegTool.RunAsync(root, [.. arguments, name], TestContext.Current.CancellationToken);
        return Path.Combine(root, name);
    }

    /// <summary>What the probe stage would say, as far as it matters here.</summary>
    public static MediaProbed Probed(
        double duration,
        int width = 320,
        int height = 180,
        double frameRate = 25,
        bool hasVideo = true,
        bool hasAudio = true,
        bool isVariable = false,
        int rotation = 0
    ) =>
        new(
            "mov",
            duration,
            hasVideo,
            hasAudio,
            hasVideo ? width : 0,
            hasVideo ? height : 0,
            hasVideo ? frameRate : 0,
            isVariable,
            rotation,
            hasVideo ? "h264" : null,
            hasAudio ? "aac" : null,
            hasAudio ? 1 : 0,
            hasAudio ? 44100 : 0,
            hasVideo ? 1 : 0,
            hasAudio ? 1 : 0,
            []
        );

    /// <summary>Runs a stage on a source file as the processor would, in a workspace of its own.</summary>
    /// <param name="facts">Facts of earlier stages, by stage.</param>
    public async Task<T> RunAsync<T>(
        IStage stage,
        string source,
        Item item,
        JobOptions options,
        params (string Stage, Fact Fact)[] facts
    )
        where T : Fact
    {
        var cancellation = TestContext.Current.CancellationToken;
        var stored = await objects.PutAsync(
            $"videos/raw/{VideoId}/{Path.GetFileName(source)}",
            source,
            "video/mp4",
            cancellation
        );
        var inputs = new List<StageInput>();
        foreach (var of in facts.GroupBy(fact => fact.Stage))
        {
            var document = new FactDocument([.. of.Select(fact => fact.Fact)]).Write();
            var put = await objects.PutAsync(
                $"facts/{of.Key}.{Guid.CreateVersion7():N}.json",
                document,
                "application/json",
                cancellation
            );
            inputs.Add(new StageInput(of.Key, "video", Reference(put)));
        }
        var work = new WorkItem(
            Guid.Parse("99999999-2222-3333-4444-555555555555"),
            VideoId,
            "owner",
            stage.Name,
            item,
            Attempt: 1,
            Reference(stored),
            inputs,
            options,
            JobPriority.Normal,
            LeaseSeconds: 30
        );
        using var workspace = Workspace.Create(Path.Combine(root, "work"));
        var last = 0.0;
        var context = new StageContext(
            work,
            workspace,
            objects,
            (percent, activity) =>
            {
                percent.ShouldBeInRange(last, 100, activity);
                last = percent;
            }
        );
        var result = await stage.RunAsync(context, cancellation);
        return result.Facts.ShouldHaveSingleItem().ShouldBeOfType<T>();
    }

    /// <summary>An object's file, to look at.</summary>
    public string FileOf(ArtifactReference artifact) => Path.Combine(root, "objects", artifact.Key);

    private static ArtifactReference Reference(StoredObject stored) =>
        new(stored.Key, stored.Sha256!, stored.ByteCount, stored.ContentType);
}
