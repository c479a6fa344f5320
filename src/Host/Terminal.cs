using Spectre.Console;

namespace EventPipeline.Host;

/// <summary>Where a person reads. What goes into a file or another program has no colours: Spectre only looks at TERM.</summary>
internal static class Terminal
{
    public static IAnsiConsole Output() => Create(Console.Out, Console.IsOutputRedirected);

    public static IAnsiConsole Errors() => Create(Console.Error, Console.IsErrorRedirected);

    private static IAnsiConsole Create(TextWriter writer, bool isRedirected) =>
        AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Ansi = isRedirected ? AnsiSupport.No : AnsiSupport.Detect,
                Out = new AnsiConsoleOutput(writer),
            }
        );
}
