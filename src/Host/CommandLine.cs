using System.CommandLine;
using EventPipeline.Contracts;
using EventPipeline.EventStore;
using EventPipeline.Host.DeadLetters;
using EventPipeline.Host.Events;
using EventPipeline.Host.Jobs;
using EventPipeline.Host.Operations;
using EventPipeline.Host.Processing;
using EventPipeline.Host.Sample;
using EventPipeline.Host.Serving;
using EventPipeline.Projections;
using EventPipeline.Projections.Jobs;
using Microsoft.Extensions.DependencyInjection;

namespace EventPipeline.Host;

/// <summary>The commands and their options; each action is one call into the command's own file.</summary>
internal static class CommandLine
{
    public static RootCommand Create(Settings settings)
    {
        var root = new RootCommand(
            "Turns lecture videos into highlights, through an event log and Kafka. Without a command it builds a short sample lecture and processes it."
        )
        {
            Process(settings),
            SampleLectureCommand(settings),
            ServeOptions.Command(settings),
            Jobs(settings),
            Job(settings),
            Events(settings),
            Rebuild(settings),
            DeadLettersCommand.Create(settings),
            RedriveCommand.Create(settings),
            Models(settings),
        };
        root.SetAction((_, cancellation) => RunSampleAsync(settings, null, json: false, again: false, cancellation));
        return root;
    }

    private static Command Process(Settings settings)
    {
        var video = new Argument<string>("VIDEO") { Description = "The video file." };
        var output = OutputOption("Where the results go; by default a folder beside the video.");
        var pipeline = new Option<string>("--pipeline")
        {
            Description = "Name of the pipeline.",
            DefaultValueFactory = _ => Pipelines.LectureHighlights.Name,
        };
        pipeline.AcceptOnlyFromAmong([.. Pipelines.All.Keys]);
        var clips = new Option<int>("--clips")
        {
            Description = "How many highlights at most, 1 to 20.",
            DefaultValueFactory = _ => new JobOptions().Highlights,
        };
        var variant = new Option<ClipVariant>("--variant")
        {
            Description = "original, or split: portrait with the screen above and the camera below.",
        };
        var burn = new Option<bool>("--burn-subtitles") { Description = "Draw the subtitles into the clips." };
        var language = new Option<string>("--language")
        {
            Description = "Language of the speech, a tag such as en.",
            DefaultValueFactory = _ => new JobOptions().Language,
        };
        var priority = new Option<JobPriority>("--priority")
        {
            Description = "low, normal or high: which jobs go first when there is more work than workers.",
            DefaultValueFactory = _ => JobPriority.Normal,
        };
        var json = JsonOption();
        var again = AgainOption();
        var command = new Command("process", "Processes a video and writes clips, subtitles and transcript.")
        {
            video,
            output,
            pipeline,
            clips,
            variant,
            burn,
            language,
            priority,
            json,
            again,
        };
        command.SetAction(
            (parsed, cancellation) =>
            {
                var path = parsed.GetRequiredValue(video);
                var request = new ProcessRequest(
                    path,
                    Path.GetFullPath(
                        parsed.GetValue(output)
                            ?? Path.GetFileNameWithoutExtension(Path.GetFullPath(path)) + "-highlights"
                    ),
                    Pipelines.All[parsed.GetRequiredValue(pipeline)],
                    new JobOptions(
                        parsed.GetValue(clips),
                        parsed.GetValue(variant),
                        parsed.GetValue(burn),
                        parsed.GetRequiredValue(language)
                    ),
                    parsed.GetValue(priority),
                    parsed.GetValue(json),
                    parsed.GetValue(again)
                );
                return ProcessCommand.RunAsync(settings, request, cancellation);
            }
        );
        return command;
    }

    private static Command SampleLectureCommand(Settings settings)
    {
        var output = OutputOption("Where the results go; by default in the data folder.");
        var json = JsonOption();
        var again = AgainOption();
        var command = new Command("sample", "Builds a short sample lecture and processes it.") { output, json, again };
        command.SetAction(
            (parsed, cancellation) =>
                RunSampleAsync(
                    settings,
                    parsed.GetValue(output),
                    parsed.GetValue(json),
                    parsed.GetValue(again),
                    cancellation
                )
        );
        return command;
    }

    private static Command Jobs(Settings settings)
    {
        var status = new Option<JobStatus?>("--status") { Description = "Only jobs with this status." };
        var first = new Option<int>("--first") { Description = "At most this many.", DefaultValueFactory = _ => 20 };
        var command = new Command("jobs", "Lists the newest jobs.") { status, first };
        command.SetAction(
            (parsed, cancellation) =>
                WithStorageAsync(
                    settings,
                    services =>
                        JobCommands.ListAsync(
                            services.GetRequiredService<ReadModels>(),
                            parsed.GetValue(status),
                            Math.Clamp(parsed.GetValue(first), 1, 1000),
                            cancellation
                        ),
                    cancellation
                )
        );
        return command;
    }

    private static Command Job(Settings settings)
    {
        var id = new Argument<Guid>("ID") { Description = "The job's id." };
        var json = JsonOption();
        var command = new Command("job", "Shows a job: its stages, clips and every event with its reason.")
        {
            id,
            json,
        };
        command.SetAction(
            (parsed, cancellation) =>
                WithStorageAsync(
                    settings,
                    services =>
                        JobCommands.ShowAsync(
                            services.GetRequiredService<ReadModels>(),
                            parsed.GetValue(id),
                            parsed.GetValue(json),
                            cancellation
                        ),
                    cancellation
                )
        );
        return command;
    }

    private static Command Events(Settings settings)
    {
        var from = new Option<DateTimeOffset?>("--from") { Description = "First moment, for example 2026-03-01." };
        var to = new Option<DateTimeOffset?>("--to") { Description = "Moment before which to end." };
        var types = new Option<string[]>("--type")
        {
            Description = "Only events of this type; may be given more than once.",
        };
        types.AcceptOnlyFromAmong([.. EventTypes.All.Keys.Order(StringComparer.Ordinal)]);
        var export = new Command("export", "Writes the log as CloudEvents, one per line.") { from, to, types };
        export.SetAction(
            (parsed, cancellation) =>
                WithStorageAsync(
                    settings,
                    async services =>
                    {
                        await using var output = Console.OpenStandardOutput();
                        await ExportCommand.RunAsync(
                            services.GetRequiredService<EventLog>(),
                            parsed.GetValue(types) is { Length: > 0 } some ? some : null,
                            parsed.GetValue(from),
                            parsed.GetValue(to),
                            output,
                            cancellation
                        );
                        return ExitCode.Completed;
                    },
                    cancellation
                )
        );
        return new Command("events", "The event log.") { export };
    }

    private static Command Rebuild(Settings settings)
    {
        var command = new Command("rebuild", "Builds the read models anew from the log; readers are not disturbed.");
        command.SetAction(
            (_, cancellation) =>
                WithStorageAsync(
                    settings,
                    async services =>
                    {
                        var count = await services.GetRequiredService<ReadModels>().RebuildAsync(cancellation);
                        Console.WriteLine($"Rebuilt the read models from {count} events.");
                        return ExitCode.Completed;
                    },
                    cancellation
                )
        );
        return command;
    }

    private static Command Models(Settings settings)
    {
        var command = new Command("models", "Fetches and checks the models of the local engines, and lists them.");
        command.SetAction((_, cancellation) => ModelsCommand.RunAsync(settings, cancellation));
        return command;
    }

    private static async Task<int> RunSampleAsync(
        Settings settings,
        string? output,
        bool json,
        bool again,
        CancellationToken cancellation
    )
    {
        var folder = Path.Combine(settings.DataFolder, "sample");
        var video = await SampleLecture.EnsureAsync(folder, cancellation);
        return await ProcessCommand.RunAsync(
            settings,
            new ProcessRequest(
                video,
                Path.GetFullPath(output ?? Path.Combine(folder, "highlights")),
                Pipelines.LectureHighlights,
                new JobOptions(),
                JobPriority.Normal,
                json,
                again
            ),
            cancellation
        );
    }

    /// <summary>Runs a command on the storage, without the workers.</summary>
    public static async Task<int> WithStorageAsync(
        Settings settings,
        Func<IServiceProvider, Task<int>> run,
        CancellationToken cancellation
    )
    {
        using var host = Composition.BuildForCommands(settings);
        await Composition.PrepareAsync(host.Services, cancellation);
        return await run(host.Services);
    }

    private static Option<string?> OutputOption(string description) => new("--out") { Description = description };

    private static Option<bool> JsonOption() => new("--json") { Description = "One JSON document on stdout." };

    private static Option<bool> AgainOption() =>
        new("--again") { Description = "Start a new job even if these bytes were processed before." };
}
