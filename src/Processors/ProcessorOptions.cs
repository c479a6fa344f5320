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

    /// <summary>How long a stage may take to stop once it is told to; then its attempt ends without it.</summary>
    public TimeSpan StopPatience { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How often a running attempt at least says that it is alive; well below the leases of the pipelines.</summary>
    public TimeSpan SignOfLife { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long running attempts may go on after the node was told to stop; then others do them.</summary>
    public TimeSpan ShutdownGrace { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Who did it, in metering and progress.</summary>
    public string WorkerId { get; init; } = $"{Environment.MachineName}-{Environment.ProcessId}";

    /// <summary>How ffmpeg is run.</summary>
    public Media.FfmpegOptions Ffmpeg { get; init; } = new();

    /// <summary>From <c>EVENTPIPELINE_STAGES</c> (names between commas), <c>EVENTPIPELINE_PARALLELISM</c> and <c>EVENTPIPELINE_DATA</c>,
    /// whose folder <c>workspaces</c> is used.</summary>
    /// <param name="setting">Reads a setting by name; null or empty if it is not set.</param>
    /// <exception cref="ArgumentException">The parallelism is no number of attempts.</exception>
    public static ProcessorOptions From(Func<string, string?> setting)
    {
        var options = new ProcessorOptions();
        if (setting("EVENTPIPELINE_STAGES") is { Length: > 0 } stages)
            options = options with
            {
                Stages = stages.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
            };
        if (setting("EVENTPIPELINE_PARALLELISM") is { Length: > 0 } parallelism)
            options = options with
            {
                Parallelism =
                    int.TryParse(parallelism, out var count) && count > 0
                        ? count
                        : throw new ArgumentException(
                            $"EVENTPIPELINE_PARALLELISM is '{parallelism}'; it is how many attempts run at once, 1 or more.",
                            nameof(setting)
                        ),
            };
        if (setting("EVENTPIPELINE_DATA") is { Length: > 0 } data)
            options = options with { WorkspaceRoot = Path.Combine(Path.GetFullPath(data), "workspaces") };
        return options;
    }

    /// <summary>Attempts at once of a stage.</summary>
    public int ParallelismOf(string stage) =>
        StageParallelism.TryGetValue(stage, out var own) ? Math.Clamp(own, 1, Parallelism) : Parallelism;
}
