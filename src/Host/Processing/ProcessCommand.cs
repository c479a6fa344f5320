using EventPipeline.Contracts;
using EventPipeline.Host.Operations;
using EventPipeline.Projections.Jobs;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace EventPipeline.Host.Processing;

/// <summary>What <c>process</c> was asked for.</summary>
/// <param name="OutputFolder">Where the results go; made only when there are some.</param>
/// <param name="Json">One document on stdout instead of tables.</param>
/// <param name="Again">A new job even if one over the same bytes has completed.</param>
internal sealed record ProcessRequest(
    string VideoPath,
    string OutputFolder,
    Pipeline Pipeline,
    JobOptions Options,
    JobPriority Priority,
    bool Json,
    bool Again
);

/// <summary>Runs the main job over a file: takes it in, follows its job, writes the results. The workers run in this process.</summary>
internal static class ProcessCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static async Task<int> RunAsync(Settings settings, ProcessRequest request, CancellationToken cancellation)
    {
        var (file, problem) = await Admission.AdmitAsync(request.VideoPath, _ => { }, cancellation);
        if (file is null)
            return Say(ExitCode.Rejected, problem!);

        using var host = Composition.BuildForWork(settings, console: false);
        await ModelsCommand.EnsureAsync(
            host.Services,
            [.. request.Pipeline.Stages.Select(stage => stage.Name)],
            cancellation
        );
        await Composition.PrepareAsync(host.Services, cancellation);
        await host.StartAsync(cancellation);
        var stopping = host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, stopping);
        try
        {
            return await RunAsync(host.Services, file, request, either.Token);
        }
        catch (OperationCanceledException)
            when (stopping.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            return Say(ExitCode.Failed, $"A part of the program stopped; {settings.DataFolder}/logs says why.");
        }
        finally
        {
            await host.StopAsync(CancellationToken.None);
        }
    }

    private static async Task<int> RunAsync(
        IServiceProvider services,
        AdmittedFile file,
        ProcessRequest request,
        CancellationToken cancellation
    )
    {
        var submission = services.GetRequiredService<Submission>();
        var (job, refusal) = await submission.SubmitAsync(
            file,
            request.Pipeline,
            request.Options,
            request.Priority,
            request.Again,
            cancellation
        );
        if (job is null)
            return Say(ExitCode.Rejected, refusal!.Sentence);
        await Console.Error.WriteLineAsync(
            job.Kind switch
            {
                SubmissionKind.Resumed => $"Job {job.JobId} was interrupted and goes on.",
                SubmissionKind.Found => $"Job {job.JobId} has processed these bytes before; --again forces a new one.",
                _ => $"Job {job.JobId} started.",
            }
        );

        var board = new ProgressBoard(request.Pipeline);
        var follower = services.GetRequiredService<JobFollower>();
        var end = await ProgressDisplay.ShowAsync(
            board,
            changed => follower.FollowAsync(job.JobId, board, changed, cancellation)
        );
        switch (end)
        {
            case JobFailed { Kind: FailureKind.Rejected } rejected:
                await services.GetRequiredService<Submission>().SourceIsGoneAsync(job.VideoId, Patience, cancellation);
                return Say(ExitCode.Rejected, rejected.Reason);
            case JobFailed failed:
                return Say(
                    ExitCode.Failed,
                    $"Stage {failed.Stage} failed: {failed.Reason} 'job {job.JobId}' shows the attempts, 'redrive {job.JobId}' tries again."
                );
            case JobCancelled cancelled:
                return Say(ExitCode.Failed, $"The job was cancelled: {cancelled.Reason}");
        }

        var document = await services
            .GetRequiredService<ResultFolder>()
            .WriteAsync(job.JobId, request.OutputFolder, cancellation);
        if (request.Json)
            Console.WriteLine(document.Write());
        else
            ResultTables.Show(Terminal.Output(), document, request.OutputFolder);
        return ExitCode.Completed;
    }

    private static int Say(int exitCode, string sentence)
    {
        Console.Error.WriteLine(sentence);
        return exitCode;
    }
}
