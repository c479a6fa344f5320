using EventPipeline.Faults.Nodes;

namespace EventPipeline.Faults;

internal static class Program
{
    /// <summary>The tests; or a part of an installation (<c>node KIND</c>); or seeds (<c>--from SEED --seeds N</c>).</summary>
    private static async Task<int> Main(string[] arguments)
    {
        if (arguments is [NodeProgram.Command, var kind])
            return await NodeProgram.RunAsync(kind);
        return arguments.Contains("--seeds")
            ? await SeedCommand.RunAsync(arguments)
            : await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(arguments);
    }
}
