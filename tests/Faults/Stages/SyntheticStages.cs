using System.Security.Cryptography;
using System.Text;
using EventPipeline.Contracts;
using EventPipeline.Processors;
using Microsoft.Extensions.DependencyInjection;

namespace EventPipeline.Faults.Stages;

/// <summary>Stages that behave as the worst of real ones do, each in one way. Like real ones they find the same in every attempt.</summary>
internal static class SyntheticStages
{
    /// <summary>How often a doomed work item may be tried.</summary>
    public const int DoomedAttempts = 2;

    public const string PoisonReason = "This item can never be done.";

    private static readonly TimeSpan Blink = TimeSpan.FromMilliseconds(150);

    public static IServiceCollection AddSyntheticStages(this IServiceCollection services)
    {
        foreach (var stage in All)
            services.AddSingleton<IStage>(stage);
        return services;
    }

    private static IReadOnlyList<SyntheticStage> All =>
        [
            new("fan", (context, _) => Task.FromResult(Found(context, Items(context.Work)))),
            new("sleep", SleepAsync),
            new("spin", (context, _) => Task.FromResult(Spin(context))),
            new("flaky", FlakyAsync),
            new("poison", (_, _) => throw StageException.Permanent(PoisonReason)),
            new("doomed", (_, _) => throw StageException.Transient("The world is away.")),
            new("overdue", OverdueAsync),
            new("endless", EndlessAsync),
            new("large", LargeAsync),
            new("clip", ClipAsync),
        ];

    private static StageResult Found(StageContext context, params IReadOnlyList<Item> items) =>
        new([new Echoed($"{context.Work.Stage} {context.Work.Item.Name}")], items);

    private static IReadOnlyList<Item> Items(WorkItem work) =>
        [.. Enumerable.Range(1, 2 + work.Options.Highlights % 3).Select(number => new Item($"part-{number:000}"))];

    private static async Task<StageResult> SleepAsync(StageContext context, CancellationToken cancellation)
    {
        for (var part = 1; part <= 3; part++)
        {
            context.Report(part * 30, "sleeping");
            await Task.Delay(Blink, cancellation);
        }
        return Found(context);
    }

    private static StageResult Spin(StageContext context)
    {
        var hash = new byte[32];
        for (var until = Environment.TickCount64 + Blink.TotalMilliseconds; Environment.TickCount64 < until; )
            hash = SHA256.HashData(hash);
        return Found(context);
    }

    /// <summary>Half of the attempts fail, by a hash of what they are, so that a seed finds the same ones again.</summary>
    private static async Task<StageResult> FlakyAsync(StageContext context, CancellationToken cancellation)
    {
        await Task.Delay(Blink / 3, cancellation);
        var work = context.Work;
        if (SHA256.HashData(Encoding.UTF8.GetBytes($"{work.Key}/{work.Attempt}"))[0] % 2 == 0 && work.Attempt < 4)
            throw StageException.Transient("It did not work this time.");
        return Found(context);
    }

    /// <summary>Its first attempt is silent for longer than its lease, and then has a result all the same, while the second one is at it.</summary>
    private static async Task<StageResult> OverdueAsync(StageContext context, CancellationToken cancellation)
    {
        if (context.Work.Attempt == 1)
            await Task.Delay(TimeSpan.FromSeconds(1.8), cancellation);
        else
            for (var part = 1; part <= 16; part++)
            {
                context.Report(part * 6, "making up for it");
                await Task.Delay(Blink, cancellation);
            }
        return Found(context);
    }

    /// <summary>Its first attempt never returns, whatever it is told.</summary>
    private static async Task<StageResult> EndlessAsync(StageContext context, CancellationToken cancellation)
    {
        if (context.Work.Attempt == 1)
            await Task.Delay(Timeout.InfiniteTimeSpan, CancellationToken.None);
        return Found(context);
    }

    /// <summary>A fact that does not fit into an event, and a file in the workspace on the way.</summary>
    private static async Task<StageResult> LargeAsync(StageContext context, CancellationToken cancellation)
    {
        var text = string.Concat(Enumerable.Repeat($"{context.Work.JobId:N} ", 9_000));
        await File.WriteAllTextAsync(context.Workspace.PathOf("large.txt"), text, cancellation);
        return new StageResult(new Echoed(text));
    }

    /// <summary>An artifact that the read models name.</summary>
    private static async Task<StageResult> ClipAsync(StageContext context, CancellationToken cancellation)
    {
        var work = context.Work;
        var file = context.Workspace.PathOf("clip.mp4");
        await File.WriteAllTextAsync(
            file,
            string.Concat(Enumerable.Repeat($"{work.JobId:N} {work.Item.Name}\n", 2_000)),
            cancellation
        );
        await Task.Delay(Blink, cancellation);
        var video = await context.StoreAsync(
            file,
            hash => ObjectKeys.Clip(work.VideoId, work.Item.Name, hash, ".mp4"),
            "video/mp4",
            cancellation
        );
        return new StageResult(
            new ClipProduced(work.Item.Name, ClipVariant.Original, 0, 1, 1, 0, false, video, null, null, null)
        );
    }
}

/// <summary>A stage that is one function.</summary>
internal sealed class SyntheticStage(string name, Func<StageContext, CancellationToken, Task<StageResult>> run) : IStage
{
    public string Name => name;

    public string Version => "1";

    public Task<StageResult> RunAsync(StageContext context, CancellationToken cancellation) =>
        run(context, cancellation);
}
