using System.Security.Cryptography;
using EventPipeline.Contracts;
using EventPipeline.Objects;
using EventPipeline.Processors.Media;

namespace EventPipeline.Processors.Stages.Probe;

/// <summary>Decides whether an upload is a video that can be worked on, and says what is in it. Everything is decoded once: ffprobe alone passes
/// files that are cut short or damaged in the middle.</summary>
internal sealed class ProbeStage(Ffmpeg ffmpeg, MediaLimits limits) : IStage
{
    // Ended by a signal from outside (interrupt, kill, termination, processor time): says nothing about the file.
    private static readonly int[] Killed = [130, 137, 143, 152];

    public ProbeStage(Ffmpeg ffmpeg)
        : this(ffmpeg, new MediaLimits()) { }

    public string Name => "probe";

    public string Version => "1";

    public async Task<StageResult> RunAsync(StageContext context, CancellationToken cancellation)
    {
        context.Report(1, "checking the file");
        var path = await FetchAsync(context, cancellation);
        var container = await RecogniseAsync(path, cancellation);
        var media = await InspectAsync(path, container, cancellation);
        var decoded = await DecodeAsync(path, media, context, cancellation);
        if (media.DurationSeconds == 0)
            media = Checked(media with { DurationSeconds = Math.Round(decoded, 3) }, 1, 0);
        context.Meter.MediaSeconds = media.DurationSeconds;
        return new StageResult(media);
    }

    private async Task<string> FetchAsync(StageContext context, CancellationToken cancellation)
    {
        var source = context.Work.Source;
        if (source.ByteCount > limits.Bytes)
            throw StageException.Rejected(
                $"The file is {source.ByteCount >> 20} MB large; at most {limits.Bytes >> 20} MB are accepted."
            );
        try
        {
            var path = await context.SourceFileAsync(cancellation);
            await using var file = File.OpenRead(path);
            if (Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellation)) == source.Sha256)
                return path;
        }
        catch (ObjectCorruptException)
        {
            // Said below.
        }
        throw StageException.Permanent("The stored file is no longer what was uploaded. Upload it again.");
    }

    private static async Task<string> RecogniseAsync(string path, CancellationToken cancellation)
    {
        var head = new byte[MediaContainers.HeadBytes];
        await using var file = File.OpenRead(path);
        var read = await file.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, cancellation);
        if (read == 0)
            throw StageException.Rejected("The file is empty. Upload it again.");
        return MediaContainers.Recognise(head.AsSpan(0, read))
            ?? throw StageException.Rejected(
                $"The file is not a video or sound file of a known kind. Upload {MediaContainers.Names}."
            );
    }

    private async Task<MediaProbed> InspectAsync(string path, string container, CancellationToken cancellation)
    {
        try
        {
            using var report = await ffmpeg.ProbeAsync(path, cancellation, ProbeReport.Arguments);
            var root = report.RootElement;
            if (!MediaContainers.Agrees(container, root.GetProperty("format").GetProperty("format_name").GetString()!))
                throw StageException.Rejected(
                    $"The file begins as {container} but is something else inside. Export it again, for example as MP4."
                );
            var media = ProbeReport.Read(root, container);
            return Checked(media, root.GetProperty("streams").GetArrayLength(), ProbeReport.Frames(root, media));
        }
        catch (MediaException failure) when (IsAboutTheFile(failure))
        {
            throw new StageException(
                FailureKind.Rejected,
                failure.Log.Contains("moov atom not found", StringComparison.Ordinal)
                    ? "The file was cut short: its table of contents, which this kind of file has at its end, is missing. Upload it again, or export it again if the recording was interrupted."
                    : "The file cannot be read; it is damaged or incomplete. Export it again, for example as MP4.",
                failure
            );
        }
    }

    /// <returns>How much of the timeline was decoded, seconds.</returns>
    private async Task<double> DecodeAsync(
        string path,
        MediaProbed media,
        StageContext context,
        CancellationToken cancellation
    )
    {
        var decoded = 0.0;
        try
        {
            await ffmpeg.RunAsync(
                new MediaCommand(
                    [new(path, "-threads", "1")], // with more, errors at the end are noticed only sometimes (ffmpeg 5.1)
                    ["-xerror", "-map", "0:V?", "-map", "0:a?", "-f", "null", "-"],
                    DurationSeconds: limits.Seconds
                ),
                cancellation,
                percent =>
                {
                    decoded = percent / 100 * limits.Seconds;
                    context.Report(
                        media.DurationSeconds > 0 ? 2 + 97 * Math.Min(1, decoded / media.DurationSeconds) : 2,
                        "decoding every picture"
                    );
                },
                context.Meter
            );
        }
        catch (MediaException failure) when (IsAboutTheFile(failure))
        {
            throw new StageException(
                FailureKind.Rejected,
                $"The file is damaged or cut short: decoding fails somewhere after {MediaLimits.Length(decoded)}. Export or upload it again.",
                failure
            );
        }
        // Some containers simply end where a file was cut.
        if (decoded < media.DurationSeconds - Math.Max(2, 0.02 * media.DurationSeconds))
            throw StageException.Rejected(
                $"The file is cut short: it should be {MediaLimits.Length(media.DurationSeconds)} long and ends after {MediaLimits.Length(decoded)}. Upload it again."
            );
        return decoded;
    }

    private MediaProbed Checked(MediaProbed media, int streams, double frames) =>
        limits.Broken(media, streams, frames) is { } reason ? throw StageException.Rejected(reason) : media;

    private static bool IsAboutTheFile(MediaException failure) =>
        failure.ExitCode is { } code && !Killed.Contains(code);
}
