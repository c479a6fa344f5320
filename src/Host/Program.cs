using System.CommandLine;
using EventPipeline.Host;
using EventPipeline.Processors.Engines.Models;

var (settings, problem) = Settings.Read(Environment.GetEnvironmentVariable);
var onlyHelp = args.Any(argument => argument is "--help" or "-h" or "-?" or "help" or "--version");
if (settings is null && !onlyHelp)
{
    Console.Error.WriteLine(problem);
    return ExitCode.Rejected;
}
var parsed = CommandLine
    .Create(settings ?? new Settings("", "", "", "", "", null))
    .Parse(args is ["help", ..] ? [.. args[1..], "--help"] : args);
try
{
    var code = await parsed.InvokeAsync(
        new InvocationConfiguration
        {
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = TimeSpan.FromMinutes(1),
        }
    );
    return parsed.Errors.Count > 0 ? ExitCode.Rejected : code;
}
catch (OperationCanceledException)
{
    Console.Error.WriteLine("Interrupted. The same command goes on where it stopped.");
    return ExitCode.Interrupted;
}
catch (Exception failure)
    when (failure
            is Npgsql.NpgsqlException
                or IOException
                or TimeoutException
                or InvalidOperationException
                or ModelException
    )
{
    Console.Error.WriteLine($"Failed: {failure.Message}");
    return ExitCode.Failed;
}
