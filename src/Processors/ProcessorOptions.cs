namespace EventPipeline.Processors;

/// <summary>How a node takes part in the work.</summary>
public sealed record ProcessorOptions
{
    /// <summary>Names of the stages it runs; empty for all.</summary>
    public IReadOnlyCollection<string> Stages { get; init; } = [];

    /// <summary>Attempts at once, over all stages.</summary>
    public int Parallelism { get; init; } = Environment.ProcessorCount;

    /// <summary>Attempts at once of single stages, where that is less than <see cref="Parallelism"/>.</summary>
    public IReadOnlyDictionary<string, int> StageParallelism { get; init; } = new Dictionary<string, int>();

    /// <summary>Folder for the workspaces of attempts. What dead processes left in it is removed at the start.</summary>
    public string WorkspaceRoot { get; init; } = Path.Combine(Path.GetTempPath(), "event-pipeline");

    /// <summary>Longest time of an attempt.</summary>
    public TimeSpan AttemptTimeLimit { get; init; } = TimeSpan.FromHours(3);

    /// <summary>How often a running attempt at least says that it is alive; well below the leases of the pipelines.</summary>
    public TimeSpan SignOfLife { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long running attempts may go on after the node was told to stop; then others do them.</summary>
    public TimeSpan ShutdownGrace { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Who did it, in metering and progress.</summary>
    public string WorkerId { get; init; } = $"{Environment.MachineName}-{Environment.ProcessId}";

    /// <summary>How ffmpeg is run.</summary>
    public Media.FfmpegOptions Ffmpeg { get; init; } = new();

    /// <summary>Attempts at once of a stage.</summary>
    public int ParallelismOf(string stage) =>
        StageParallelism.TryGetValue(stage, out var own) ? Math.Clamp(own, 1, Parallelism) : Parallelism;
}
