using System.Collections.Concurrent;
using EventPipeline.Contracts;
using EventPipeline.Messaging;
using EventPipeline.Objects;
using EventPipeline.Processors.Engines.Models;
using EventPipeline.Processors.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace EventPipeline.Processors.Tests.Hosting;

/// <summary>An attempt from its message to its outcome, with a real object store and without a broker
/// (<see cref="StageHostTests"/> has one).</summary>
public sealed class AttemptRunnerTests : IDisposable
{
    private static readonly Echoed Large = new(new string('x', 300_000));

    private readonly TestSupport.TemporaryFolder folder = new();
    private readonly FolderObjectStore objects;
    private readonly ConcurrentQueue<Outcome> outcomes = [];
    private readonly ConcurrentQueue<Progress> progress = [];
    private readonly CancellationTokenSource cancellation = new();
    private readonly WorkSlots slots = new(1);
    private TimeProvider clock = TimeProvider.System;

    public AttemptRunnerTests() => objects = new FolderObjectStore(folder["objects"]);

    public void Dispose()
    {
        cancellation.Dispose();
        objects.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task What_a_stage_finds_goes_into_the_outcome_and_into_a_document()
    {
        var settlement = await RunAsync(
            (context, _) =>
            {
                context.Report(40, "looking");
                context.Meter.ModelId = "eyes@1";
                context.Meter.ChildCpuSeconds = 100;
                return Task.FromResult(new StageResult([new Echoed("small"), Large], [new Item("one")]));
            }
        );

        settlement.ShouldBeOfType<Accept>();
        var outcome = outcomes.ShouldHaveSingleItem().ShouldBeOfType<OutcomeSucceeded>();
        outcome.Items.ShouldBe([new Item("one")]);
        outcome.Facts[0].ShouldBe(new Echoed("small"));
        var stored = outcome.Facts[1].ShouldBeOfType<FactStored>();
        stored.FactType.ShouldBe("echoed");
        (await ReadAsync(stored.Document)).Facts.ShouldBe([Large]);
        (await ReadAsync(outcome.Output!)).Facts.ShouldBe([new Echoed("small"), Large]);
        outcome.Metering.OutputHash.ShouldBe(outcome.Output!.Sha256);
        outcome.Metering.ModelId.ShouldBe("eyes@1");
        outcome.Metering.StageVersion.ShouldBe("7");
        outcome.Metering.CpuSeconds.ShouldBeGreaterThanOrEqualTo(100);
        progress.First().Percent.ShouldBe(0);
    }

    [Fact]
    public async Task The_same_work_done_twice_leaves_the_same_objects()
    {
        await RunAsync((_, _) => Task.FromResult(new StageResult(new Echoed("a"), Large)));
        var before = Directory.GetFiles(folder["objects"], "*.json", SearchOption.AllDirectories);

        await RunAsync((_, _) => Task.FromResult(new StageResult(new Echoed("a"), Large)));

        Directory.GetFiles(folder["objects"], "*.json", SearchOption.AllDirectories).ShouldBe(before);
        outcomes.Select(outcome => ((OutcomeSucceeded)outcome).Output).Distinct().Count().ShouldBe(1);
    }

    [Fact]
    public async Task A_stage_that_finds_nothing_leaves_no_document()
    {
        await RunAsync((_, _) => Task.FromResult(new StageResult()));

        outcomes.ShouldHaveSingleItem().ShouldBeOfType<OutcomeSucceeded>().Output.ShouldBeNull();
        Directory.Exists(folder["objects/facts"]).ShouldBeFalse();
    }

    [Fact]
    public async Task An_expected_failure_reaches_the_owner_with_its_kind_and_reason()
    {
        var settlement = await RunAsync((_, _) => throw StageException.Rejected("The file is empty."));

        settlement.ShouldBeOfType<Accept>();
        var failed = outcomes.ShouldHaveSingleItem().ShouldBeOfType<OutcomeFailed>();
        (failed.Kind, failed.Reason).ShouldBe((FailureKind.Rejected, "The file is empty."));
    }

    [Fact]
    public async Task A_missing_model_is_transient_and_says_what_to_do()
    {
        await RunAsync((_, _) => throw new ModelException("Put face.onnx into a folder."));

        var failed = outcomes.ShouldHaveSingleItem().ShouldBeOfType<OutcomeFailed>();
        (failed.Kind, failed.Reason).ShouldBe((FailureKind.Transient, "Put face.onnx into a folder."));
    }

    [Fact]
    public async Task An_unexpected_failure_is_transient_and_shows_none_of_its_details()
    {
        await RunAsync((_, _) => throw new IOException("/var/secret/path is broken"));

        var failed = outcomes.ShouldHaveSingleItem().ShouldBeOfType<OutcomeFailed>();
        failed.Kind.ShouldBe(FailureKind.Transient);
        failed.Reason.ShouldNotContain("secret");
    }

    [Fact]
    public async Task An_attempt_that_takes_too_long_is_stopped_and_said_to_be()
    {
        await RunAsync(
            async (_, stop) =>
            {
                await Task.Delay(Timeout.Infinite, stop);
                return new StageResult();
            },
            new ProcessorOptions { AttemptTimeLimit = TimeSpan.FromMilliseconds(50) }
        );

        var failed = outcomes.ShouldHaveSingleItem().ShouldBeOfType<OutcomeFailed>();
        failed.Kind.ShouldBe(FailureKind.Transient);
        failed.Reason.ShouldStartWith("The stage did not end within");
    }

    /// <summary>Promise 5: a stage that never returns ends its attempt, not its node.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Promise_5_a_stage_that_ignores_that_it_is_stopped_has_an_outcome_and_gives_its_room_back(
        bool blocks
    )
    {
        var workspace = "";
        await RunAsync(
            async (context, _) =>
            {
                workspace = context.Workspace.Folder;
                if (blocks)
                    Thread.Sleep(Timeout.Infinite);
                await Task.Delay(Timeout.Infinite, CancellationToken.None);
                return new StageResult();
            },
            new ProcessorOptions
            {
                AttemptTimeLimit = TimeSpan.FromMilliseconds(50),
                StopPatience = TimeSpan.FromMilliseconds(50),
            }
        );

        outcomes.ShouldHaveSingleItem().ShouldBeOfType<OutcomeFailed>().Kind.ShouldBe(FailureKind.Transient);
        slots.Free.ShouldBe(1);
        workspace.ShouldNotBeEmpty();
        Directory.Exists(workspace).ShouldBeFalse();
    }

    /// <summary>Promise 2: a stage that was left behind leaves nothing behind.</summary>
    [Fact]
    public async Task Promise_2_a_stage_that_goes_on_after_its_attempt_gets_no_folder_any_more()
    {
        Workspace? late = null;
        await RunAsync(
            (context, _) =>
            {
                late = context.Workspace;
                return Task.FromResult(new StageResult());
            }
        );

        Should.Throw<ObjectDisposedException>(() => late!.Folder);
    }

    [Fact]
    public async Task An_attempt_that_waits_for_room_says_that_it_waits_until_it_begins()
    {
        var time = new ManualClock();
        clock = time;
        var taken = await slots.TakeAsync(JobPriority.Normal, default);

        var running = RunAsync((_, _) => Task.FromResult(new StageResult()));
        progress.ShouldHaveSingleItem("it says at once that somebody has it").IsWaiting.ShouldBeTrue();
        time.Advance(TimeSpan.FromSeconds(11));
        progress.Count.ShouldBe(3);
        progress.ShouldAllBe(sign => sign.IsWaiting && sign.Percent == 0);
        outcomes.ShouldBeEmpty();

        taken.Dispose();
        await running;
        progress.Count.ShouldBe(4);
        progress.Last().IsWaiting.ShouldBeFalse();
        outcomes.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task An_attempt_that_is_cancelled_while_it_waits_for_room_falls_silent()
    {
        var time = new ManualClock();
        clock = time;
        using var taken = await slots.TakeAsync(JobPriority.Normal, default);
        var running = RunAsync((_, _) => Task.FromResult(new StageResult()));

        await cancellation.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => running);

        time.Advance(TimeSpan.FromSeconds(11));
        progress.Count.ShouldBe(1);
        outcomes.ShouldBeEmpty();
    }

    [Fact]
    public async Task Work_that_is_cancelled_here_has_no_outcome()
    {
        await Should.ThrowAsync<OperationCanceledException>(() =>
            RunAsync(
                async (_, stop) =>
                {
                    await cancellation.CancelAsync();
                    await Task.Delay(Timeout.Infinite, stop);
                    return new StageResult();
                }
            )
        );

        outcomes.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("success")]
    [InlineData("failure")]
    public async Task The_workspace_is_gone_whatever_happens(string ending)
    {
        string? workspace = null;

        await RunAsync(
            async (context, stop) =>
            {
                workspace = context.Workspace.Folder;
                await File.WriteAllTextAsync(context.Workspace.PathOf("leftover"), "x", stop);
                return ending == "success" ? new StageResult() : throw new IOException("broken");
            }
        );

        Directory.Exists(workspace).ShouldBeFalse();
        Directory.GetFileSystemEntries(folder["workspaces"]).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("{}")]
    [InlineData(
        """{"specversion":"1.0","id":"1","source":"s","type":"outcome","subject":"j","time":"2026-01-01T00:00:00Z","data":{}}"""
    )]
    [InlineData(
        """{"specversion":"1.0","id":"1","source":"s","type":"work_item","subject":"j","time":"2026-01-01T00:00:00Z","data":{}}"""
    )]
    public async Task A_message_that_is_no_work_item_is_rejected(string message)
    {
        var settlement = await HandleAsync(
            new Delivery("stage.test", 0, 0, null, System.Text.Encoding.UTF8.GetBytes(message)),
            (_, _) => throw new InvalidOperationException("must not run")
        );

        settlement.ShouldBeOfType<Reject>().Reason.ShouldStartWith("It is");
        outcomes.ShouldBeEmpty();
    }

    private Task<Settlement> RunAsync(
        Func<StageContext, CancellationToken, Task<StageResult>> run,
        ProcessorOptions? options = null
    ) => HandleAsync(new Delivery("stage.test", 0, 0, "key", Messages.Of(Work.Of("test"))), run, options);

    private Task<Settlement> HandleAsync(
        Delivery delivery,
        Func<StageContext, CancellationToken, Task<StageResult>> run,
        ProcessorOptions? options = null
    )
    {
        var node = new Node(
            options ?? new ProcessorOptions(),
            new Topics(),
            objects,
            slots,
            new CpuShares(() => Environment.CpuUsage.TotalTime),
            clock,
            (_, _, value) => progress.Enqueue(CloudEvent.Read(value).DataAs<Progress>()),
            (_, _, value, _) =>
            {
                outcomes.Enqueue(CloudEvent.Read(value).DataAs<Outcome>());
                return Task.CompletedTask;
            }
        );
        return new AttemptRunner(new TestStage(run), node, NullLogger.Instance).HandleAsync(
            delivery,
            folder["workspaces"],
            cancellation.Token
        );
    }

    private async Task<FactDocument> ReadAsync(ArtifactReference document)
    {
        var path = folder[Guid.CreateVersion7().ToString()];
        await objects.FetchAsync(document.Key, document.Sha256, path, default);
        return FactDocument.Read(await File.ReadAllBytesAsync(path));
    }

    private sealed class TestStage(Func<StageContext, CancellationToken, Task<StageResult>> run) : IStage
    {
        public string Name => "test";

        public string Version => "7";

        public Task<StageResult> RunAsync(StageContext context, CancellationToken cancellation) =>
            run(context, cancellation);
    }
}
