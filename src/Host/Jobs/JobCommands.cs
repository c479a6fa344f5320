using EventPipeline.Host.Processing;
using EventPipeline.Projections;
using EventPipeline.Projections.Jobs;
using Spectre.Console;

namespace EventPipeline.Host.Jobs;

/// <summary><c>jobs</c> and <c>job ID</c>: what the read models say.</summary>
internal static class JobCommands
{
    private const int TimelinePage = 1000;

    public static async Task<int> ListAsync(
        ReadModels readModels,
        JobStatus? status,
        int first,
        CancellationToken cancellation
    )
    {
        var page = await readModels.Jobs.ListAsync(new JobFilter(Status: status), first, null, cancellation);
        if (page.Rows.Count == 0)
        {
            Console.WriteLine("No jobs.");
            return ExitCode.Completed;
        }
        var videos = await readModels.Videos.FindAllAsync([.. page.Rows.Select(job => job.VideoId)], cancellation);
        foreach (var job in page.Rows)
        {
            var name = videos.TryGetValue(job.VideoId, out var video) ? video.FileName : "?";
            var failure = job.Failure is { } why ? $"  {why.Reason}" : "";
            Console.WriteLine(
                $"{job.Id}  {job.StartedAt:yyyy-MM-dd HH:mm:ss}  {job.Status.ToString().ToLowerInvariant(), -9}  {job.Progress, 3:0} %  {job.Pipeline}  {name}{failure}"
            );
        }
        return ExitCode.Completed;
    }

    public static async Task<int> ShowAsync(ReadModels readModels, Guid id, bool json, CancellationToken cancellation)
    {
        if (await readModels.Jobs.FindDetailsAsync(id, cancellation) is not { } job)
        {
            await Console.Error.WriteLineAsync($"There is no job {id}.");
            return ExitCode.Rejected;
        }
        if (json)
            Console.WriteLine(
                ResultFolder
                    .Describe(
                        job,
                        job.Transcript is { } text
                            ? new JobDocument.TranscriptPart(
                                text.Source.ToString(),
                                text.Language,
                                text.Engine,
                                text.Document.Key,
                                text.Srt.Key,
                                text.Vtt.Key,
                                text.Segments,
                                text.Words
                            )
                            : null,
                        null,
                        null,
                        [
                            .. job.Clips.Select(clip => new JobDocument.ClipPart(
                                clip.Video.Key,
                                clip.Start,
                                clip.End,
                                clip.DurationSeconds,
                                clip.StartErrorSeconds,
                                clip.Srt?.Key,
                                clip.Vtt?.Key,
                                clip.Thumbnail?.Key,
                                clip.Video.Sha256
                            )),
                        ],
                        job.Storyboard is { } pictures
                            ? new JobDocument.StoryboardPart(
                                pictures.Sprite?.Key,
                                pictures.SpriteVtt?.Key,
                                pictures.Waveform?.Key,
                                [
                                    .. pictures.Thumbnails.Select(thumbnail => new JobDocument.ThumbnailPart(
                                        thumbnail.Time,
                                        thumbnail.Picture.Key
                                    )),
                                ]
                            )
                            : null
                    )
                    .Write()
            );
        else
            await ShowTextAsync(readModels, job, cancellation);
        return ExitCode.Completed;
    }

    private static async Task ShowTextAsync(ReadModels readModels, JobDetails job, CancellationToken cancellation)
    {
        Console.WriteLine(
            $"Job {job.Job.Id}: {job.Job.Pipeline} over {job.Video?.FileName ?? job.Job.VideoId.ToString()}"
        );
        Console.WriteLine(
            $"{job.Job.Status}, {job.Job.Progress:0} %{(job.Job.Failure is { } failure ? $": {failure.Reason}" : "")}"
        );
        var table = new Table().Border(TableBorder.Minimal);
        table.AddColumns("Stage", "Version", "Status", "Items", "Attempts", "Seconds", "Why");
        foreach (var stage in job.Job.Stages)
            table.AddRow(
                stage.Name,
                stage.Version ?? "",
                stage.Status.ToString().ToLowerInvariant(),
                stage.Items.Count.ToString(),
                stage.Attempts.ToString(),
                stage.Seconds.ToString("0.0"),
                Markup.Escape(
                    string.Join(
                        "; ",
                        stage.Items.Where(item => item.Reason is not null).Select(item => $"{item.Name}: {item.Reason}")
                    )
                )
            );
        Terminal.Output().Write(table);
        foreach (var clip in job.Clips)
            Console.WriteLine(
                $"{clip.Name}  {ResultTables.Clock(clip.Start)} - {ResultTables.Clock(clip.End)}  {clip.Video.Key}  by {clip.Provenance?.Stage} {clip.Provenance?.StageVersion}, attempt {clip.Provenance?.Attempt}"
            );
        Console.WriteLine();
        for (long version = 0; ; )
        {
            var page = await readModels.Jobs.TimelineAsync(job.Job.Id, cancellation, version, TimelinePage);
            foreach (var row in page)
                Console.WriteLine($"{row.At:HH:mm:ss.fff}  {row.Sentence}");
            if (page.Count < TimelinePage)
                return;
            version = page[^1].Version;
        }
    }
}
