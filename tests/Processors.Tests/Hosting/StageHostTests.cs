using System.Collections.Concurrent;
using EventPipeline.Contracts;
using EventPipeline.Messaging;
using EventPipeline.Objects;
using EventPipeline.Processors.Hosting;
using EventPipeline.TestSupport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace EventPipeline.Processors.Tests.Hosting;

/// <summary>The whole node against real brokers: message in, outcome out. Rebalances and killed nodes are tested in Messaging.</summary>
public sealed class StageHostTests : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly TestSupport.TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(KafkaVersion.Modern)]
    [InlineData(KafkaVersion.Legacy)]
    public async Task Work_in_outcomes_out(KafkaVersion version)
    {
        Assert.SkipUnless(version == KafkaVersion.Legacy || KafkaBroker.ModernIsAvailable, KafkaBroker.HowToGetModern);
        var broker = new BrokerOptions((await KafkaBroker.SharedAsync(version)).BootstrapServers);
        var topics = new Topics($"test-{Guid.CreateVersion7():N}.");
        using (var administration = new TopicAdministration(broker, NullLogger.Instance))
            await administration.EnsureTopicsAsync(
                [topics.Stage("debug.echo"), topics.DeadLetters("debug.echo"), topics.Results, topics.Progress],
                partitions: 2
            );
        var outcomes = new ConcurrentDictionary<string, OutcomeSucceeded>();
        var started = new ConcurrentDictionary<string, Progress>();
        using var stop = new CancellationTokenSource();
        var readers = Task.WhenAll(
            ReadAsync<Outcome>(topics.Results, outcome => outcomes[outcome.Item] = (OutcomeSucceeded)outcome),
            ReadAsync<Progress>(topics.Progress, progress => started[progress.Item] = progress)
        );
        using var node = Node(broker, topics);
        await node.StartAsync(stop.Token);

        await using (var producer = new MessageProducer(broker, NullLogger.Instance))
            foreach (var index in Enumerable.Range(0, 20))
            {
                var work = Work.Of("debug.echo") with { Item = new Item($"item-{index}") };
                await producer.SendAsync(topics.Stage("debug.echo"), work.Key, Messages.Of(work));
            }

        await Eventually.BecomesTrueAsync(
            () => outcomes.Count == 20 && started.Count == 20,
            Deadline,
            "all outcomes and their progress arrived"
        );
        outcomes["item-7"].Facts.ShouldBe([new Echoed($"item-7 of {Work.Nothing.Key}")]);
        var host = node.Services.GetRequiredService<StageHost>();
        await Eventually.BecomesTrueAsync(
            () => host.Status["debug.echo"] is { Accepted: 20, InFlight: 0 },
            Deadline,
            "all deliveries are settled"
        );
        await node.StopAsync(CancellationToken.None);
        await stop.CancelAsync();
        await readers;
        Directory.GetFileSystemEntries(folder["workspaces"]).ShouldBeEmpty();

        Task ReadAsync<T>(string topic, Action<T> take) =>
            new BroadcastReader(
                broker,
                topic,
                BroadcastStart.Beginning,
                delivery => take(CloudEvent.Read(delivery.Value).DataAs<T>()),
                NullLogger.Instance
            ).RunAsync(stop.Token);
    }

    [Fact]
    public void Only_the_chosen_stages_run_and_an_unknown_one_is_named()
    {
        using var node = Node(new BrokerOptions("127.0.0.1:9"), new Topics());
        var stages = node.Services.GetServices<IStage>().ToList();

        StageHost.Choose(stages, ["debug.echo"]).ShouldHaveSingleItem().Name.ShouldBe("debug.echo");
        StageHost.Choose(stages, []).ShouldBe(stages);
        Should
            .Throw<ArgumentException>(() => StageHost.Choose(stages, ["no-such-stage"]))
            .Message.ShouldStartWith("There is no stage 'no-such-stage'. Known are ");
    }

    [Fact]
    public void A_node_is_set_up_by_its_environment_and_a_setting_without_meaning_is_refused()
    {
        var settings = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["EVENTPIPELINE_STAGES"] = "transcribe, compile",
            ["EVENTPIPELINE_PARALLELISM"] = "3",
            ["EVENTPIPELINE_DATA"] = folder.Path,
        };
        var options = ProcessorOptions.From(settings.GetValueOrDefault);
        options.Stages.ShouldBe(["transcribe", "compile"]);
        options.Parallelism.ShouldBe(3);
        options.WorkspaceRoot.ShouldBe(folder["workspaces"]);

        ProcessorOptions.From(_ => null).Stages.ShouldBeEmpty();
        settings["EVENTPIPELINE_PARALLELISM"] = "0";
        Should
            .Throw<ArgumentException>(() => ProcessorOptions.From(settings.GetValueOrDefault))
            .Message.ShouldContain("EVENTPIPELINE_PARALLELISM is '0'");
    }

    [Fact]
    public void Every_stage_has_a_place_in_a_pipeline()
    {
        using var node = Node(new BrokerOptions("127.0.0.1:9"), new Topics());

        node.Services.GetServices<IStage>()
            .Select(stage => stage.Name)
            .Order()
            .ShouldBeSubsetOf(Pipelines.All.Values.SelectMany(pipeline => pipeline.Stages).Select(stage => stage.Name));
    }

    private IHost Node(BrokerOptions broker, Topics topics)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder
            .Services.AddSingleton(TimeProvider.System)
            .AddSingleton(broker)
            .AddSingleton(topics)
            .AddSingleton<IObjectStore>(new FolderObjectStore(folder["objects"]))
            .AddSingleton(_ => new MessageProducer(broker, NullLogger.Instance))
            .AddProcessors(new ProcessorOptions { Stages = ["debug.echo"], WorkspaceRoot = folder["workspaces"] });
        return builder.Build();
    }
}
