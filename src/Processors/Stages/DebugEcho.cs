using EventPipeline.Contracts;

namespace EventPipeline.Processors.Stages;

/// <summary>Answers with what it was given. To try a deployment, and the example of docs/adding-a-stage.md.</summary>
internal sealed class DebugEcho : IStage
{
    public string Name => "debug.echo";

    public string Version => "1";

    public Task<StageResult> RunAsync(StageContext context, CancellationToken cancellation)
    {
        var work = context.Work;
        context.Report(50, "echoing");
        return Task.FromResult(new StageResult(new Echoed($"{work.Item.Name} of {work.Source.Key}")));
    }
}
