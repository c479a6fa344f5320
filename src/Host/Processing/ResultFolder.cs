using System.Text.Json;
using EventPipeline.Contracts;
using EventPipeline.EventStore;
using EventPipeline.Objects;
using EventPipeline.Projections;
using EventPipeline.Projections.Jobs;
using EventPipeline.Projections.Storyboards;

namespace EventPipeline.Host.Processing;

/// <summary>Writes a finished job's results into a folder, as files that belong to the user: nothing in it is linked to the store.</summary>
internal sealed class ResultFolder(EventLog log, ReadModels readModels, IObjectStore objects)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public async Task<JobDocument> WriteAsync(Guid jobId, string folder, CancellationToken cancellation)
    {
        if (!await readModels.WaitForAsync(await log.EndAsync(cancellation), Patience, cancellation))
            throw new TimeoutException("The read models did not catch up with the log within 60 s.");
        var job =
            await readModels.Jobs.FindDetailsAsync(jobId, cancellation)
            ?? throw new InvalidOperationException($"Job {jobId} is in the log, but not in the read models.");
        Directory.CreateDirectory(Path.Combine(folder, "clips"));
        var writer = new Writer(objects, folder, cancellation);

        var clips = new List<JobDocument.ClipPart>();
        foreach (var clip in job.Clips)
            clips.Add(
                new JobDocument.ClipPart(
                    await writer.CopyAsync(clip.Video, $"clips/{clip.Name}"),
                    clip.Start,
                    clip.End,
                    clip.DurationSeconds,
                    clip.StartErrorSeconds,
                    clip.Srt is null ? null : await writer.CopyAsync(clip.Srt, $"clips/{clip.Name}"),
                    clip.Vtt is null ? null : await writer.CopyAsync(clip.Vtt, $"clips/{clip.Name}"),
                    clip.Thumbnail is null ? null : await writer.CopyAsync(clip.Thumbnail, $"clips/{clip.Name}"),
                    clip.Video.Sha256
                )
            );
        JobDocument.TranscriptPart? transcript = job.Transcript is { } text
            ? new JobDocument.TranscriptPart(
                JsonNamingPolicy.CamelCase.ConvertName(text.Source.ToString()),
                text.Language,
                text.Engine,
                await writer.RewriteAsync<TranscriptFile>(text.Document, "transcript"),
                await writer.CopyAsync(text.Srt, "transcript"),
                await writer.CopyAsync(text.Vtt, "transcript"),
                text.Segments,
                text.Words
            )
            : null;
        var storyboard = job.Storyboard is { } pictures ? await writer.CopyAsync(pictures) : null;
        var silences = await writer.WriteAsync(
            "silences.json",
            job.Silences.Select(it => new TimeRange(it.Start, it.End))
        );
        var scenes = await writer.WriteAsync("scenes.json", job.Scenes.Select(it => new TimeRange(it.Start, it.End)));
        var document = Describe(job, transcript, silences, scenes, clips, storyboard);
        await File.WriteAllTextAsync(Path.Combine(folder, "result.json"), document.Write(), cancellation);
        return document;
    }

    /// <summary>The document for a job whose files stay where they are.</summary>
    internal static JobDocument Describe(
        JobDetails job,
        JobDocument.TranscriptPart? transcript,
        string? silences,
        string? scenes,
        IReadOnlyList<JobDocument.ClipPart> clips,
        JobDocument.StoryboardPart? storyboard
    )
    {
        var elapsed = ((job.Job.FinishedAt ?? job.Job.StartedAt) - job.Job.StartedAt).TotalSeconds;
        var media = job.Job.Media;
        return new JobDocument(
            job.Job.Id,
            job.Job.VideoId,
            JsonNamingPolicy.CamelCase.ConvertName(job.Job.Status.ToString()),
            job.Job.Failure?.Reason,
            media is null
                ? null
                : new JobDocument.MediaPart(
                    media.DurationSeconds,
                    media.Width,
                    media.Height,
                    media.FrameRate,
                    media.HasAudio
                ),
            [
                .. job.Job.Stages.Select(stage => new JobDocument.StagePart(
                    stage.Name,
                    stage.Version,
                    JsonNamingPolicy.CamelCase.ConvertName(stage.Status.ToString()),
                    stage.Items.Count,
                    stage.Attempts,
                    stage.Seconds
                )),
            ],
            transcript,
            silences,
            scenes,
            [
                .. job.Segments.Select(segment => new JobDocument.SegmentPart(
                    segment.Start,
                    segment.End,
                    segment.Topic,
                    segment.Keywords,
                    segment.Importance
                )),
            ],
            job.Highlights is [{ Signals: var signals }, ..] ? signals : [],
            [
                .. job.Highlights.Select(highlight => new JobDocument.HighlightPart(
                    highlight.Start,
                    highlight.End,
                    highlight.Title,
                    highlight.Score,
                    highlight.Reason
                )),
            ],
            clips,
            storyboard,
            elapsed,
            media is { DurationSeconds: > 0 } ? elapsed / media.DurationSeconds : null
        );
    }

    private sealed record TranscriptFile(IReadOnlyList<TranscriptSegment> Segments);

    private sealed class Writer(IObjectStore objects, string folder, CancellationToken cancellation)
    {
        /// <param name="name">Without extension; the artifact's own is kept.</param>
        /// <returns>The path relative to the folder.</returns>
        public async Task<string> CopyAsync(ArtifactReference artifact, string name)
        {
            var relative = name + Path.GetExtension(artifact.Key);
            await using var from = await objects.OpenAsync(artifact.Key, cancellation);
            await using var to = File.Create(Path.Combine(folder, relative));
            await from.CopyToAsync(to, cancellation);
            return relative;
        }

        public async Task<JobDocument.StoryboardPart> CopyAsync(StoryboardRow storyboard)
        {
            Directory.CreateDirectory(Path.Combine(folder, "storyboard"));
            var thumbnails = new List<JobDocument.ThumbnailPart>();
            foreach (var (i, (time, picture)) in storyboard.Thumbnails.Index())
                thumbnails.Add(new(time, await CopyAsync(picture, $"storyboard/thumbnail-{i + 1:000}")));
            var sprite = storyboard.Sprite is { } sheet ? await CopyAsync(sheet, "storyboard/sprite") : null;
            return new JobDocument.StoryboardPart(
                sprite,
                storyboard is { Sprite: { } named, SpriteVtt: { } map }
                    ? await RenameAsync(map, Path.GetFileName(named.Key), Path.GetFileName(sprite!))
                    : null,
                storyboard.Waveform is { } sound ? await CopyAsync(sound, "storyboard/waveform") : null,
                thumbnails
            );
        }

        /// <summary>A JSON document of the store, as the documents of the folder are written.</summary>
        public async Task<string> RewriteAsync<TDocument>(ArtifactReference artifact, string name)
        {
            await using var from = await objects.OpenAsync(artifact.Key, cancellation);
            return await WriteAsync(
                name + ".json",
                await JsonSerializer.DeserializeAsync<TDocument>(from, ContractJson.Options, cancellation)
            );
        }

        public async Task<string> WriteAsync<TDocument>(string name, TDocument document)
        {
            var json = JsonSerializer.SerializeToUtf8Bytes(document, DocumentJson.Compact);
            await File.WriteAllBytesAsync(Path.Combine(folder, name), json, cancellation);
            return name;
        }

        // In the store the map names the sheet by the last part of its key.
        private async Task<string> RenameAsync(ArtifactReference map, string sheet, string renamed)
        {
            const string Relative = "storyboard/sprite.vtt";
            using var from = new StreamReader(await objects.OpenAsync(map.Key, cancellation));
            var text = await from.ReadToEndAsync(cancellation);
            await File.WriteAllTextAsync(
                Path.Combine(folder, Relative),
                text.Replace(sheet, renamed, StringComparison.Ordinal),
                cancellation
            );
            return Relative;
        }
    }
}
