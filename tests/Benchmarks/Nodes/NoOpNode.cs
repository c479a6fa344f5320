using EventPipeline.Contracts;
using EventPipeline.Messaging;
using EventPipeline.Objects;
using EventPipeline.Processors;
using EventPipeline.Processors.Hosting;
using EventPipeline.Processors.Media;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace EventPipeline.Benchmarks.Nodes;

/// <summary>A node of processors as it is, with ten stages that do nothing, or wait, in place of the product's. It is a process of its own:
/// this program, started with <see cref="Command"/>.</summary>
internal static class NoOpNode
{
    public const string Command = "no-op-node";
    public const string Parallelism = "BENCH_PARALLELISM";
    public const string StageMilliseconds = "BENCH_STAGE_MILLISECONDS";
    public const string StepLog = "BENCH_STEP_LOG";

    public static readonly Pipeline Pipeline = new(
        "no-ops",
        1,
        [
            .. Enumerable
                .Range(0, 10)
                .Select(at => new PipelineStage($"noop{at}", at == 0 ? [] : [$"noop{at - 1}"], LeaseSeconds: 15)),
        ]
    );

    public static async Task RunAsync()
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateApplicationBuilder([
            "--hostBuilder:reloadConfigOnChange=false",
        ]);
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder
            .Services.AddSingleton(TimeProvider.System)
            .AddSingleton(new BrokerOptions(Setting("KAFKA_BOOTSTRAP_SERVERS")))
            .AddSingleton(new Topics(Setting("EVENTPIPELINE_TOPIC_PREFIX")))
            .AddSingleton(ObjectStores.Open(Setting("EVENTPIPELINE_OBJECTS")))
            .AddSingleton(provider => new MessageProducer(
                provider.GetRequiredService<BrokerOptions>(),
                provider.GetRequiredService<ILogger<MessageProducer>>()
            ))
            .AddSingleton(
                new ProcessorOptions
                {
                    Parallelism = int.Parse(Setting(Parallelism)),
                    WorkspaceRoot = Path.Combine(Setting("EVENTPIPELINE_OBJECTS"), "..", "workspaces"),
                }
            )
            .AddSingleton(new Ffmpeg(new FfmpegOptions()))
            .AddHostedService<StageHost>();
        var duration = TimeSpan.FromMilliseconds(int.Parse(Setting(StageMilliseconds)));
        await using var steps = Environment.GetEnvironmentVariable(StepLog) is { Length: > 0 } file
            ? TextWriter.Synchronized(new StreamWriter(file, append: true) { AutoFlush = true })
            : TextWriter.Null;
        foreach (var stage in Pipeline.Stages)
            builder.Services.AddSingleton<IStage>(new NoOp(stage.Name, duration, steps));
        await builder.Build().RunAsync();
    }

    private static string Setting(string name) =>
        Environment.GetEnvironmentVariable(name) ?? throw new InvalidOperationException($"{name} is not set.");

    private sealed class NoOp(string name, TimeSpan duration, TextWriter steps) : IStage
    {
        public string Name => name;

        public string Version => "1";

        public async Task<StageResult> RunAsync(StageContext context, CancellationToken cancellation)
        {
            if (steps != TextWriter.Null)
                await steps.WriteLineAsync($"s {context.Work.JobId} {name}");
            if (duration > TimeSpan.Zero)
                await Task.Delay(duration, cancellation);
            return new StageResult();
        }
    }
}
