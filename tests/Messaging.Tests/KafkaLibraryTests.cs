using System.Reflection;
using EventPipeline.TestSupport;

namespace EventPipeline.Messaging.Tests;

public sealed class KafkaLibraryTests
{
    [Fact]
    public void The_library_is_new_enough() => KafkaLibrary.Load().ShouldStartWith("2.");

    [Fact]
    public async Task A_missing_library_says_what_to_do()
    {
        // In a process of its own, because a process loads it once.
        await using var program = ChildProcess.Start(
            "worker without a library",
            Path.ChangeExtension(Assembly.GetExecutingAssembly().Location, null),
            [KillableWorker.Command, "127.0.0.1:1", "Modern", "group", "topic"],
            new Dictionary<string, string> { [KafkaLibrary.PathVariable] = "/nowhere/librdkafka.so" }
        );
        await program.WaitForOutputAsync("deploy/local/librdkafka.sh", Corner.Deadline);
    }
}
