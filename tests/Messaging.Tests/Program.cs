namespace EventPipeline.Messaging.Tests;

internal static class Program
{
    /// <summary>The tests, or the worker that some of them start in order to kill it.</summary>
    private static async Task<int> Main(string[] arguments)
    {
        if (arguments is not [KillableWorker.Command, .. var rest])
            return await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(arguments);
        await KillableWorker.RunAsync(rest);
        return 0;
    }
}
