using System.CommandLine;

namespace EventPipeline.Host.DeadLetters;

/// <summary>What failed again and again after it was tried again is not tried again for ever by a script.</summary>
internal static class LoopGuard
{
    public static Option<int> Option(string description) =>
        new("--guard") { Description = description, DefaultValueFactory = _ => 3 };
}
