using EventPipeline.Coordinator.Deciding;
using EventPipeline.Host.Processing;
using EventPipeline.Projections;

namespace EventPipeline.Host.Operations;

/// <summary>Gives work that ran out of attempts a fresh round.</summary>
internal static class RedriveCommand
{
    /// <param name="stage">Only this stage's; null for all.</param>
    /// <param name="dryRun">Only say what would be done.</param>
    public static async Task<int> RunAsync(
        ReadModels readModels,
        Commands commands,
        Guid jobId,
        string? stage,
        bool dryRun,
        CancellationToken cancellation
    )
    {
        var letters = (await readModels.Jobs.DeadLettersAsync(jobId, cancellation))
            .Where(letter => stage is null || letter.Stage == stage)
            .ToList();
        if (letters.Count == 0)
        {
            await Console.Error.WriteLineAsync("There is nothing to redrive: no work of that job ran out of attempts.");
            return ExitCode.Rejected;
        }
        foreach (var letter in letters)
        {
            Console.WriteLine(
                $"{letter.Stage} {letter.Item}: failed {letter.Attempts} times. {letter.Reason}{(dryRun ? "" : " Trying again.")}"
            );
            if (dryRun)
                continue;
            var result = await commands.RedriveStageAsync(
                jobId,
                letter.Stage,
                letter.Item,
                $"user:{Submission.LocalOwner}",
                cancellation
            );
            if (result.Refusal is { } refusal)
            {
                await Console.Error.WriteLineAsync(refusal.Sentence);
                return ExitCode.Rejected;
            }
        }
        return ExitCode.Completed;
    }
}
