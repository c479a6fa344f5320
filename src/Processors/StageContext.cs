using System.Security.Cryptography;
using EventPipeline.Contracts;
using EventPipeline.Objects;

namespace EventPipeline.Processors;

/// <summary>All that a stage may touch while it does one work item.</summary>
public sealed class StageContext(
    WorkItem work,
    Workspace workspace,
    IObjectStore objects,
    Action<double, string> progress,
    StageMeter? meter = null
)
{
    private readonly Dictionary<(string Stage, string Item), FactDocument> documents = [];

    /// <summary>The work item.</summary>
    public WorkItem Work { get; } = work;

    /// <summary>A folder of this attempt's own; it is deleted afterwards, whatever happens.</summary>
    public Workspace Workspace { get; } = workspace;

    /// <summary>What the attempt used beyond time; becomes part of the outcome.</summary>
    public StageMeter Meter { get; } = meter ?? new StageMeter();

    /// <summary>Says how far the attempt is.</summary>
    /// <param name="percent">0 to 100; it never falls.</param>
    /// <param name="activity">What is being done now, a few words.</param>
    public void Report(double percent, string activity) => progress(percent, activity);

    /// <summary>The video as a file that may only be read.</summary>
    public Task<string> SourceFileAsync(CancellationToken cancellation) => FetchAsync(Work.Source, cancellation);

    /// <summary>An object as a file that may only be read, named after its key's last part.</summary>
    public async Task<string> FetchAsync(ArtifactReference artifact, CancellationToken cancellation)
    {
        var path = Workspace.PathOf(Path.GetFileName(artifact.Key));
        if (!File.Exists(path))
            await objects.FetchAsync(artifact.Key, artifact.Sha256, path, cancellation);
        return path;
    }

    /// <summary>The only fact of a type among the outputs of an upstream stage's item; null if the stage was skipped or did not find one.</summary>
    public async Task<T?> FindAsync<T>(string stage, CancellationToken cancellation, string? item = null)
        where T : Fact =>
        Work.Inputs.FirstOrDefault(input => input.Stage == stage && (item is null || input.Item == item)) is { } match
            ? (await ReadAsync(match, cancellation)).Facts.OfType<T>().SingleOrDefault()
            : null;

    /// <summary>As <see cref="FindAsync"/>, where the pipeline guarantees the fact.</summary>
    public async Task<T> GetAsync<T>(string stage, CancellationToken cancellation, string? item = null)
        where T : Fact =>
        await FindAsync<T>(stage, cancellation, item)
        ?? throw StageException.Permanent($"Stage {Work.Stage} needs what stage {stage} finds, and got nothing.");

    /// <summary>The facts of a type of all items of an upstream stage, in the order of the items.</summary>
    public async Task<IReadOnlyList<T>> GetAllAsync<T>(string stage, CancellationToken cancellation)
        where T : Fact
    {
        var facts = new List<T>();
        foreach (var input in Work.Inputs.Where(input => input.Stage == stage))
            facts.AddRange((await ReadAsync(input, cancellation)).Facts.OfType<T>());
        return facts;
    }

    /// <summary>Stores a file of the workspace under a key that its hash is part of.</summary>
    /// <param name="keyOf">Makes the key from the hash: one of <see cref="ObjectKeys"/>.</param>
    public async Task<ArtifactReference> StoreAsync(
        string path,
        Func<string, string> keyOf,
        string contentType,
        CancellationToken cancellation
    )
    {
        string sha256;
        await using (var file = File.OpenRead(path))
            sha256 = Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellation));
        var stored = await objects.PutAsync(keyOf(sha256), path, contentType, cancellation);
        return new ArtifactReference(stored.Key, sha256, stored.ByteCount, contentType);
    }

    /// <summary>Stores a few bytes under a key that their hash is part of.</summary>
    public async Task<ArtifactReference> StoreAsync(
        ReadOnlyMemory<byte> content,
        Func<string, string> keyOf,
        string contentType,
        CancellationToken cancellation
    )
    {
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(content.Span));
        var stored = await objects.PutAsync(keyOf(sha256), content, contentType, cancellation);
        return new ArtifactReference(stored.Key, sha256, stored.ByteCount, contentType);
    }

    private async Task<FactDocument> ReadAsync(StageInput input, CancellationToken cancellation)
    {
        if (documents.TryGetValue((input.Stage, input.Item), out var known))
            return known;
        var document = FactDocument.Read(
            await File.ReadAllBytesAsync(await FetchAsync(input.Output, cancellation), cancellation)
        );
        documents[(input.Stage, input.Item)] = document;
        return document;
    }
}

/// <summary>What an attempt used; a stage fills in what applies. The time, the processor time and the hashes are filled in around it.</summary>
public sealed class StageMeter
{
    /// <summary>Engine and model behind the facts.</summary>
    public string? ModelId { get; set; }

    /// <summary>Version of the prompt template.</summary>
    public string? PromptVersion { get; set; }

    /// <summary>Hash of the prompt as it was sent.</summary>
    public string? PromptHash { get; set; }

    /// <summary>Version of the scoring weights.</summary>
    public string? WeightsVersion { get; set; }

    /// <summary>Version of the price list.</summary>
    public string? PriceVersion { get; set; }

    /// <summary>Cost of outside calls, millionths of a US dollar.</summary>
    public long CostMicros { get; set; }

    /// <summary>Seconds of the timeline that were worked on.</summary>
    public double MediaSeconds { get; set; }

    /// <summary>Processor seconds of child processes; the runner of each adds its own.</summary>
    public double ChildCpuSeconds { get; set; }
}
