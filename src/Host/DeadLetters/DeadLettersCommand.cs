using System.CommandLine;
using System.Text;
using System.Text.Json;
using EventPipeline.EventStore;
using EventPipeline.Host.Processing;
using EventPipeline.Messaging;
using EventPipeline.Projections;
using EventPipeline.Projections.Jobs;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using DeadMessage = EventPipeline.Messaging.DeadLetter;

namespace EventPipeline.Host.DeadLetters;

/// <summary><c>dead-letters</c>: what was given up, why, and where it came from.</summary>
internal static class DeadLettersCommand
{
    public static Command Create(Settings settings)
    {
        var stage = new Option<string?>("--stage") { Description = "Only work of this stage." };
        var reason = new Option<string?>("--reason") { Description = "Only what has this text in its reason." };
        var json = new Option<bool>("--json") { Description = "One JSON document on stdout." };
        var command = new Command(
            "dead-letters",
            "Lists work that ran out of attempts, and messages that nobody could read."
        )
        {
            stage,
            reason,
            json,
            Show(settings),
            Resend(settings),
        };
        command.SetAction(
            (parsed, cancellation) =>
                CommandLine.WithStorageAsync(
                    settings,
                    services =>
                        ListAsync(
                            services,
                            new DeadLetterFilter(Stage: parsed.GetValue(stage), Reason: parsed.GetValue(reason)),
                            parsed.GetValue(json),
                            cancellation
                        ),
                    cancellation
                )
        );
        return command;
    }

    private static Command Show(Settings settings)
    {
        var name = new Argument<string>("NAME")
        {
            Description = "TOPIC/PARTITION/OFFSET or JOB/STAGE/ITEM, as listed.",
        };
        var command = new Command("show", "Shows one with its reason, its origin and what it was about.") { name };
        command.SetAction(
            (parsed, cancellation) =>
                CommandLine.WithStorageAsync(
                    settings,
                    services => ShowAsync(services, parsed.GetRequiredValue(name), cancellation),
                    cancellation
                )
        );
        return command;
    }

    private static Command Resend(Settings settings)
    {
        var name = new Argument<string?>("NAME")
        {
            Description = "TOPIC/PARTITION/OFFSET, as listed; leave it out with --all.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var all = new Option<bool>("--all") { Description = "All messages." };
        var guard = LoopGuard.Option("Leave out messages whose like is among the dead letters so often already.");
        var dryRun = new Option<bool>("--dry-run") { Description = "Only say what would be sent." };
        var command = new Command(
            "resend",
            "Sends messages to their topics again, after what could not read them was mended."
        )
        {
            name,
            all,
            guard,
            dryRun,
        };
        command.Validators.Add(parsed =>
        {
            if (parsed.GetValue(name) is null != parsed.GetValue(all))
                parsed.AddError("Name a message, or say --all.");
        });
        command.SetAction(
            (parsed, cancellation) =>
                CommandLine.WithStorageAsync(
                    settings,
                    services =>
                        ResendAsync(
                            services,
                            parsed.GetValue(name),
                            parsed.GetValue(guard),
                            parsed.GetValue(dryRun),
                            cancellation
                        ),
                    cancellation
                )
        );
        return command;
    }

    private static async Task<int> ListAsync(
        IServiceProvider services,
        DeadLetterFilter filter,
        bool json,
        CancellationToken cancellation
    )
    {
        var works = await services.GetRequiredService<ReadModels>().Jobs.DeadLettersAsync(filter, cancellation);
        IReadOnlyList<DeadMessage> messages =
        [
            .. (await services.GetRequiredService<UnreadableMessages>().ReadAsync(cancellation)).Where(message =>
                (filter.Stage is null || message.Topic.EndsWith($"stage.{filter.Stage}", StringComparison.Ordinal))
                && (filter.Reason is null || message.Reason.Contains(filter.Reason, StringComparison.OrdinalIgnoreCase))
            ),
        ];
        if (json)
        {
            Console.WriteLine(
                JsonSerializer.Serialize(
                    new
                    {
                        Work = works,
                        Messages = messages.Select(message => new
                        {
                            Name = UnreadableMessages.NameOf(message),
                            message.Key,
                            message.Reason,
                            message.At,
                            Bytes = message.Value.Length,
                        }),
                    },
                    DocumentJson.Indented
                )
            );
            return ExitCode.Completed;
        }
        if (works.Count + messages.Count == 0)
            Console.WriteLine("No dead letters.");
        foreach (var work in works)
            Console.WriteLine(
                $"{work.JobId}/{work.Stage}/{work.Item}  {work.Attempts} attempts{(work.Redrives > 0 ? $", redriven {work.Redrives} times" : "")}  {work.Reason}"
            );
        foreach (var message in messages)
            Console.WriteLine(
                $"{UnreadableMessages.NameOf(message)}  {message.At:yyyy-MM-dd HH:mm:ss}  {message.Reason}"
            );
        return ExitCode.Completed;
    }

    private static async Task<int> ShowAsync(IServiceProvider services, string name, CancellationToken cancellation)
    {
        if (name.Split('/', 3) is [var id, var stage, var item] && Guid.TryParse(id, out var jobId))
        {
            var works = await services
                .GetRequiredService<ReadModels>()
                .Jobs.DeadLettersAsync(new DeadLetterFilter(jobId, stage, item), cancellation);
            if (works is [var work])
                return await ShowWorkAsync(services, work, cancellation);
        }
        else if (await FindAsync(services, name, cancellation) is [var message])
        {
            Console.WriteLine($"{name}, key {message.Key}, {message.At:yyyy-MM-dd HH:mm:ss.fff}");
            Console.WriteLine(message.Reason);
            Console.WriteLine(Encoding.UTF8.GetString(message.Value.Span));
            return ExitCode.Completed;
        }
        await Console.Error.WriteLineAsync($"There is no dead letter {name}.");
        return ExitCode.Rejected;
    }

    private static async Task<int> ShowWorkAsync(
        IServiceProvider services,
        Projections.Jobs.DeadLetter work,
        CancellationToken cancellation
    )
    {
        Console.WriteLine(
            $"Job {work.JobId}, stage {work.Stage}, item {work.Item}, of {work.OwnerId}: {work.Attempts} attempts, redriven {work.Redrives} times."
        );
        Console.WriteLine(work.Reason);
        var stream = await services.GetRequiredService<EventLog>().LoadAsync(work.JobId, cancellation);
        foreach (var stored in stream)
        {
            using var data = JsonDocument.Parse(stored.Data);
            if (IsAbout(data.RootElement, work))
                Console.WriteLine(
                    $"{stored.Timestamp:HH:mm:ss.fff}  {stored.Type}  {Encoding.UTF8.GetString(stored.Data.Span)}"
                );
        }
        return ExitCode.Completed;
    }

    /// <summary>Events tell their stage and item themselves, or in the work item that they carry.</summary>
    private static bool IsAbout(JsonElement data, Projections.Jobs.DeadLetter work) =>
        data.TryGetProperty("work", out var item)
            ? item.GetProperty("stage").ValueEquals(work.Stage)
                && item.GetProperty("item").GetProperty("name").ValueEquals(work.Item)
            : data.TryGetProperty("stage", out var stage)
                && stage.ValueEquals(work.Stage)
                && data.TryGetProperty("item", out var name)
                && name.ValueEquals(work.Item);

    private static async Task<int> ResendAsync(
        IServiceProvider services,
        string? name,
        int guard,
        bool dryRun,
        CancellationToken cancellation
    )
    {
        var messages = await services.GetRequiredService<UnreadableMessages>().ReadAsync(cancellation);
        var alike = messages.CountBy(Content).ToDictionary();
        // Of those that are alike only one goes again.
        var chosen = messages
            .Where(message => name is null || UnreadableMessages.NameOf(message) == name)
            .DistinctBy(Content)
            .ToList();
        if (chosen.Count == 0)
        {
            await Console.Error.WriteLineAsync(name is null ? "No dead letters." : $"There is no dead letter {name}.");
            return ExitCode.Rejected;
        }
        await using var producer = new MessageProducer(
            services.GetRequiredService<BrokerOptions>(),
            services.GetRequiredService<ILogger<MessageProducer>>()
        );
        var sent = 0;
        foreach (var message in chosen)
        {
            var times = alike[Content(message)];
            if (times > guard)
            {
                Console.WriteLine($"{UnreadableMessages.NameOf(message)}: left out, given up {times} times already.");
                continue;
            }
            if (!dryRun)
                await producer.SendAsync(message.Topic, message.Key ?? "", message.Value, cancellation);
            sent++;
            Console.WriteLine($"{UnreadableMessages.NameOf(message)}: {(dryRun ? "would be sent" : "sent")} again.");
        }
        return sent > 0 ? ExitCode.Completed : ExitCode.Rejected;

        static string Content(DeadMessage message) => $"{message.Topic} {Convert.ToBase64String(message.Value.Span)}";
    }

    private static async Task<IReadOnlyList<DeadMessage>> FindAsync(
        IServiceProvider services,
        string name,
        CancellationToken cancellation
    ) =>
        [
            .. (await services.GetRequiredService<UnreadableMessages>().ReadAsync(cancellation)).Where(message =>
                UnreadableMessages.NameOf(message) == name
            ),
        ];
}
