using System.CommandLine;
using EventPipeline.Deciding;
using EventPipeline.Host.Processing;
using EventPipeline.Projections;
using EventPipeline.Projections.Jobs;
using Microsoft.Extensions.DependencyInjection;

namespace EventPipeline.Host.DeadLetters;

/// <summary><c>redrive</c>: gives work that ran out of attempts a fresh round, of one job or of all.</summary>
internal static class RedriveCommand
{
    public static Command Create(Settings settings)
    {
        var id = new Argument<Guid?>("ID")
        {
            Description = "The job's id; leave it out with --all.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var all = new Option<bool>("--all") { Description = "Work of all jobs." };
        var stage = new Option<string?>("--stage") { Description = "Only work of this stage." };
        var item = new Option<string?>("--item") { Description = "Only this item, for example clip-002." };
        var reason = new Option<string?>("--reason") { Description = "Only what failed with this text in its reason." };
        var maximum = new Option<int>("--max")
        {
            Description = "At most so much at once, oldest jobs first.",
            DefaultValueFactory = _ => 100,
        };
        var guard = LoopGuard.Option("Leave out what was redriven so often already, and failed again.");
        var dryRun = new Option<bool>("--dry-run") { Description = "Only say what would be tried again." };
        var command = new Command("redrive", "Tries failed work again; 'serve' or 'process' then does it.")
        {
            id,
            all,
            stage,
            item,
            reason,
            maximum,
            guard,
            dryRun,
        };
        command.Validators.Add(parsed =>
        {
            if (parsed.GetValue(id) is null != parsed.GetValue(all))
                parsed.AddError("Name a job, or say --all.");
        });
        command.SetAction(
            (parsed, cancellation) =>
                CommandLine.WithStorageAsync(
                    settings,
                    services =>
                        RunAsync(
                            services.GetRequiredService<ReadModels>(),
                            services.GetRequiredService<Commands>(),
                            new DeadLetterFilter(
                                parsed.GetValue(id),
                                parsed.GetValue(stage),
                                parsed.GetValue(item),
                                parsed.GetValue(reason)
                            ),
                            Math.Max(1, parsed.GetValue(maximum)),
                            parsed.GetValue(guard),
                            parsed.GetValue(dryRun),
                            cancellation
                        ),
                    cancellation
                )
        );
        return command;
    }

    private static async Task<int> RunAsync(
        ReadModels readModels,
        Commands commands,
        DeadLetterFilter filter,
        int maximum,
        int guard,
        bool dryRun,
        CancellationToken cancellation
    )
    {
        var letters = await readModels.Jobs.DeadLettersAsync(filter, cancellation);
        if (letters.Count == 0)
        {
            await Console.Error.WriteLineAsync("There is nothing to redrive: no such work ran out of attempts.");
            return ExitCode.Rejected;
        }
        var (redriven, refused, left) = (0, 0, 0);
        foreach (var letter in letters)
        {
            var name = $"{letter.JobId}/{letter.Stage}/{letter.Item}";
            if (letter.Redrives >= guard)
            {
                left++;
                Console.WriteLine($"{name}: left out, redriven {letter.Redrives} times already. {letter.Reason}");
                continue;
            }
            if (redriven == maximum)
                break;
            if (!dryRun && await RefusalAsync(commands, letter, cancellation) is { } refusal)
            {
                refused++;
                Console.WriteLine($"{name}: refused. {refusal}");
                continue;
            }
            redriven++;
            Console.WriteLine(
                $"{name}: failed {letter.Attempts} times. {letter.Reason}{(dryRun ? "" : " Trying again.")}"
            );
        }
        await Console.Error.WriteLineAsync(
            $"{redriven} {(dryRun ? "would be redriven" : "redriven")}, {refused} refused, {left} left out by --guard {guard}, {letters.Count - redriven - refused - left} beyond --max {maximum}."
        );
        return refused > 0 ? ExitCode.Failed
            : redriven > 0 ? ExitCode.Completed
            : ExitCode.Rejected;
    }

    private static async Task<string?> RefusalAsync(
        Commands commands,
        DeadLetter letter,
        CancellationToken cancellation
    ) =>
        (
            await commands.RedriveStageAsync(
                letter.JobId,
                letter.Stage,
                letter.Item,
                $"user:{Submission.LocalOwner}",
                cancellation
            )
        )
            .Refusal
            ?.Sentence;
}
