using System.Diagnostics;
using System.Text.Json;
using EventPipeline.Contracts;
using EventPipeline.Messaging;
using EventPipeline.Objects;
using EventPipeline.Processors.Engines.Models;
using Microsoft.Extensions.Logging;

namespace EventPipeline.Processors.Hosting;

/// <summary>What all attempts of a node share.</summary>
internal sealed record Node(
    ProcessorOptions Options,
    Topics Topics,
    IObjectStore Objects,
    WorkSlots Slots,
    CpuShares Cpu,
    TimeProvider Clock,
    Action<string, string, byte[]> SendProgress,
    Func<string, string, byte[], CancellationToken, Task> SendAsync
);

/// <summary>Does one stage's work items: a workspace, signs of life, the stage itself, the outcome.</summary>
internal sealed partial class AttemptRunner(IStage stage, Node node, ILogger logger)
{
    /// <summary>Name of the activities (traces) of attempts.</summary>
    public const string ActivitySourceName = "EventPipeline.Processors";

    private const string Unexpected =
        "The stage met an unexpected error. It is tried again; an operator finds the details in the log.";
    private static readonly Func<ILogger, Guid, string, string, int, IDisposable?> Scope = LoggerMessage.DefineScope<
        Guid,
        string,
        string,
        int
    >("job {JobId}, {Stage} {Item}, attempt {Attempt}");
    private static readonly ActivitySource Activities = new(ActivitySourceName);

    /// <summary>Does what a delivery asks for. Returns when the outcome is acknowledged.</summary>
    /// <exception cref="OperationCanceledException">The work was cancelled here; there is no outcome.</exception>
    public async Task<Settlement> HandleAsync(Delivery delivery, string workspaces, CancellationToken cancellation)
    {
        CloudEvent message;
        WorkItem work;
        try
        {
            message = CloudEvent.Read(delivery.Value);
            if (message.Type != CloudEvent.WorkItem)
                return new Reject($"It is a message of type {message.Type}, not a work item.");
            work = message.DataAs<WorkItem>();
        }
        catch (JsonException unreadable)
        {
            return new Reject($"It is not a work item. {unreadable.Message}");
        }
        if (work.Stage != stage.Name)
            return new Reject($"It is work for stage {work.Stage} on the topic of stage {stage.Name}.");

        using var scope = Scope(logger, work.JobId, work.Stage, work.Item.Name, work.Attempt);
        using var activity = Activities.StartActivity(
            $"{work.Stage} {work.Item.Name}",
            ActivityKind.Consumer,
            message.TraceParent
        );
        activity?.SetTag("job.id", work.JobId);
        using var slot = await TakeSlotAsync(work, message, cancellation);
        var outcome = await RunAsync(work, message, workspaces, cancellation);
        await node.SendAsync(
            node.Topics.Results,
            work.JobId.ToString(),
            Envelope(
                message,
                work,
                CloudEvent.Outcome,
                JsonSerializer.SerializeToUtf8Bytes(outcome, ContractJson.Options)
            ),
            cancellation
        );
        return new Accept();
    }

    /// <summary>Who has to wait says so: the message may be out of the queue already (handed over), and then nothing else tells that
    /// somebody has it.</summary>
    private async Task<IDisposable> TakeSlotAsync(WorkItem work, CloudEvent message, CancellationToken cancellation)
    {
        var turn = node.Slots.TakeAsync(work.Priority, cancellation);
        if (turn.IsCompleted)
            return await turn;
        await using (Reporter(work, message, isWaiting: true))
            return await turn;
    }

    private ProgressReporter Reporter(WorkItem work, CloudEvent message, bool isWaiting = false) =>
        new(
            work,
            node.Options.WorkerId,
            node.Options.SignOfLife,
            node.Clock,
            progress =>
                node.SendProgress(
                    node.Topics.Progress,
                    work.JobId.ToString(),
                    Envelope(
                        message,
                        work,
                        CloudEvent.Progress,
                        JsonSerializer.SerializeToUtf8Bytes(progress, ContractJson.Options)
                    )
                ),
            isWaiting
        );

    /// <summary>A stage that ignores that it was stopped, or blocks its thread, is left behind: its attempt ends all the same.</summary>
    private async Task<StageResult> RunStageAsync(StageContext context, CancellationToken stop)
    {
        var running = Task.Run(() => stage.RunAsync(context, stop), CancellationToken.None);
        try
        {
            return await running.WaitAsync(stop);
        }
        catch (OperationCanceledException) when (!running.IsCompleted)
        {
            try
            {
                return await running.WaitAsync(node.Options.StopPatience, node.Clock, CancellationToken.None);
            }
            catch (TimeoutException)
            {
                LogLeftBehind(logger, node.Options.StopPatience.TotalSeconds);
                throw new OperationCanceledException(stop);
            }
        }
    }

    private async Task<Outcome> RunAsync(
        WorkItem work,
        CloudEvent message,
        string workspaces,
        CancellationToken cancellation
    )
    {
        var startedAt = node.Clock.GetUtcNow();
        var share = node.Cpu.Begin();
        await using var reporter = Reporter(work, message);
        var meter = new StageMeter();
        using var limit = new CancellationTokenSource(node.Options.AttemptTimeLimit, node.Clock);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        LogStarted(logger);
        try
        {
            using var workspace = Workspace.Create(workspaces);
            var context = new StageContext(work, workspace, node.Objects, reporter.Report, meter);
            var result = await RunStageAsync(context, stop.Token);
            var (output, facts) = await OutcomeFacts.StoreAsync(work, result.Facts, node.Objects, stop.Token);
            var metering = Metering(output);
            LogSucceeded(logger, facts.Count, result.Items.Count, metering.CpuSeconds);
            return new OutcomeSucceeded(
                work.JobId,
                work.Stage,
                work.Item.Name,
                work.Attempt,
                output,
                facts,
                result.Items,
                metering
            );
        }
        catch (Exception failure) when (!cancellation.IsCancellationRequested)
        {
            var (kind, reason) = failure switch
            {
                StageException expected => (expected.Kind, expected.Message),
                // The node's trouble, not the video's: another node, or this one after it was mended, can do it.
                ModelException missing => (FailureKind.Transient, missing.Message),
                OperationCanceledException when limit.IsCancellationRequested => (
                    FailureKind.Transient,
                    $"The stage did not end within {node.Options.AttemptTimeLimit.TotalMinutes:0} minutes and was stopped."
                ),
                _ => (FailureKind.Transient, Unexpected),
            };
            if (failure is StageException or ModelException)
                LogFailed(logger, kind, reason, failure.InnerException);
            else
                LogBroken(logger, failure);
            return new OutcomeFailed(
                work.JobId,
                work.Stage,
                work.Item.Name,
                work.Attempt,
                kind,
                reason,
                Metering(output: null)
            );
        }
        finally
        {
            node.Cpu.End(share);
        }

        StageMetering Metering(ArtifactReference? output) =>
            new(
                work.Stage,
                work.Item.Name,
                work.Attempt,
                stage.Version,
                OutcomeFacts.InputHash(work, stage.Version),
                output?.Sha256,
                meter.ModelId,
                meter.PromptVersion,
                meter.PromptHash,
                meter.WeightsVersion,
                meter.PriceVersion,
                meter.CostMicros,
                meter.MediaSeconds > 0 ? meter.MediaSeconds : work.Item.Range?.Duration ?? 0,
                startedAt,
                node.Clock.GetUtcNow(),
                Math.Round(node.Cpu.End(share) + meter.ChildCpuSeconds, 3),
                node.Options.WorkerId
            );
    }

    private byte[] Envelope(CloudEvent cause, WorkItem work, string type, byte[] data) =>
        new CloudEvent(
            $"{work.Key}/{work.Attempt}",
            $"worker:{node.Options.WorkerId}",
            type,
            work.JobId.ToString(),
            node.Clock.GetUtcNow(),
            data,
            cause.CorrelationId,
            cause.Id,
            Activity.Current?.Id ?? cause.TraceParent
        ).Write();

    [LoggerMessage(Level = LogLevel.Debug, Message = "Started")]
    private static partial void LogStarted(ILogger logger);

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "Succeeded with {Facts} facts and {Items} items, {CpuSeconds} s of processor time"
    )]
    private static partial void LogSucceeded(ILogger logger, int facts, int items, double cpuSeconds);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Failed ({Kind}): {Reason}")]
    private static partial void LogFailed(ILogger logger, FailureKind kind, string reason, Exception? cause);

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "The stage was told to stop and has not for {Seconds} s; its attempt ends without it, and it may go on until the node ends"
    )]
    private static partial void LogLeftBehind(ILogger logger, double seconds);

    [LoggerMessage(Level = LogLevel.Error, Message = "Failed unexpectedly")]
    private static partial void LogBroken(ILogger logger, Exception failure);
}
