namespace EventPipeline.Host;

/// <summary>What the program's exit code tells a script.</summary>
internal static class ExitCode
{
    public const int Completed = 0;
    public const int Failed = 1;

    /// <summary>The input, or the command line, is at fault; one sentence on stderr says how.</summary>
    public const int Rejected = 2;

    /// <summary>SIGINT or SIGTERM, as shells write it.</summary>
    public const int Interrupted = 130;
}
