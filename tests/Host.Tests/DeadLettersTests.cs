using EventPipeline.Contracts;
using EventPipeline.Deciding;
using EventPipeline.Domain.Videos;
using EventPipeline.EventStore;
using EventPipeline.Messaging;
using EventPipeline.TestSupport;
using Microsoft.Extensions.Logging.Abstractions;

namespace EventPipeline.Host.Tests;

/// <summary>What was given up can be listed, looked into, and tried again, and not for ever.</summary>
public sealed class DeadLettersTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(90);

    private static readonly Pipeline OneTry = new("debug-echo", 1, [new("debug.echo", [], MaximumAttempts: 1)]);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Work_and_messages_that_were_given_up_are_listed_and_tried_again()
    {
        using var installation = await Installation.CreateAsync();
        using var coordinator = installation.StartProgram("EventPipeline.Coordinator");
        using var projections = installation.StartProgram("EventPipeline.Projections");
        await using var dataSource = EventLogDataSource.Create(installation.Environment["EVENTPIPELINE_POSTGRES"]);
        await using var producer = new MessageProducer(
            new BrokerOptions(installation.Environment["KAFKA_BOOTSTRAP_SERVERS"]),
            NullLogger.Instance
        );
        var log = new EventLog(dataSource, new EventLogOptions());
        await log.EnsureSchemaAsync(Cancellation);
        var topics = new Topics(installation.Environment["EVENTPIPELINE_TOPIC_PREFIX"]);
        var jobId = await StartJobAsync(new Commands(log, TimeProvider.System));
        await FailAsync(attempt: 1);
        await producer.SendAsync(topics.Results, "key", "no outcome"u8.ToArray(), Cancellation);

        var work = $"{jobId}/debug.echo/video";
        var listed = await installation.RunAsync("dead-letters");
        await Eventually.BecomesTrueAsync(
            async () =>
            {
                listed = await installation.RunAsync("dead-letters");
                return listed.Output.Contains(topics.Results, StringComparison.Ordinal)
                    && listed.Output.Contains(work, StringComparison.Ordinal);
            },
            Deadline,
            "both were given up"
        );
        listed.Output.ShouldContain($"{work}  1 attempts  The disk is full.");
        var message = listed
            .Output.Split('\n')
            .Single(line => line.StartsWith(topics.Results, StringComparison.Ordinal))
            .Split(' ')[0];

        var shown = await installation.RunAsync("dead-letters", "show", work);
        shown.Output.ShouldContain("The disk is full.");
        shown.Output.ShouldContain("stage_dead_lettered");
        (await installation.RunAsync("dead-letters", "show", message)).Output.ShouldContain("no outcome");
        (await installation.RunAsync("dead-letters", "show", "a/b/c")).ExitCode.ShouldBe(2);
        (await installation.RunAsync("dead-letters", "--json", "--stage", "probe"))
            .Document.GetProperty("work")
            .GetArrayLength()
            .ShouldBe(0);

        (await installation.RunAsync("redrive", "--all", "--dry-run")).Output.ShouldContain(work);
        var redriven = await installation.RunAsync("redrive", "--all", "--reason", "disk");
        redriven.ExitCode.ShouldBe(0, redriven.ToString());
        redriven.Output.ShouldContain("Trying again.");
        await FailAsync(attempt: 2);
        await Eventually.BecomesTrueAsync(
            async () =>
                await installation.RunAsync("redrive", "--all", "--guard", "1") is { ExitCode: 2 } guarded
                && guarded.Output.Contains("left out, redriven 1 times already", StringComparison.Ordinal),
            Deadline,
            "the guard holds"
        );

        var resent = await installation.RunAsync("dead-letters", "resend", message, "--guard", "1");
        resent.ExitCode.ShouldBe(0, resent.ToString());
        await Eventually.BecomesTrueAsync(
            async () => (await installation.RunAsync("dead-letters", "resend", "--all", "--guard", "1")).ExitCode == 2,
            Deadline,
            "the message was given up a second time, and the guard holds"
        );

        async Task FailAsync(int attempt)
        {
            var failed = new OutcomeFailed(
                jobId,
                "debug.echo",
                "video",
                attempt,
                FailureKind.Transient,
                "The disk is full.",
                TestMetering.Of("debug.echo", attempt: attempt)
            );
            await producer.SendAsync(
                topics.Results,
                jobId.ToString(),
                new CloudEvent(
                    Guid.CreateVersion7().ToString(),
                    "test",
                    CloudEvent.Outcome,
                    jobId.ToString(),
                    TimeProvider.System.GetUtcNow(),
                    System.Text.Json.JsonSerializer.SerializeToUtf8Bytes<Outcome>(failed, ContractJson.Options)
                ).Write(),
                Cancellation
            );
            await Eventually.BecomesTrueAsync(
                async () =>
                    (await log.LoadAsync(jobId, Cancellation)).Count(stored => stored.Type == "stage_dead_lettered")
                    == attempt,
                Deadline,
                "the attempt failed"
            );
        }
    }

    private static async Task<Guid> StartJobAsync(Commands commands)
    {
        var (videoId, jobId) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        var source = new ArtifactReference("videos/a.mp4", new string('0', 64), 1, "video/mp4");
        await commands.RegisterVideoAsync(
            new RegisterVideo(videoId, "local", "a.mp4", source, "user:local"),
            Cancellation
        );
        var started = await commands.StartJobAsync(
            jobId,
            videoId,
            OneTry,
            new JobOptions(),
            JobPriority.Normal,
            "user:local",
            Cancellation
        );
        started.Refusal.ShouldBeNull();
        return jobId;
    }
}
