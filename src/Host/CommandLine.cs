using System.CommandLine;
using EventPipeline.Contracts;

namespace EventPipeline.Host;

/// <summary>The commands and their options; each action is one call into the command's own file.</summary>
internal static class CommandLine
{
    public static RootCommand Create()
    {
        var root = new RootCommand(
            """
            Turns lecture videos into highlights, through an event log and Kafka.

            Without a command: builds a short sample lecture, processes it, and shows what it found.
            """
        );
        return root;
    }
}
