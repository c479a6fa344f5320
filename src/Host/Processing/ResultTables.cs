using Spectre.Console;

namespace EventPipeline.Host.Processing;

/// <summary>What a person sees at the end of <c>process</c>.</summary>
internal static class ResultTables
{
    public static void Show(IAnsiConsole console, JobDocument document, string folder)
    {
        var table = new Table().Border(TableBorder.Rounded).Title("Highlights");
        table.AddColumns("Time", "Title", "Score", "Why");
        foreach (var highlight in document.Highlights)
            table.AddRow(
                $"{Clock(highlight.Start)} - {Clock(highlight.End)}",
                Markup.Escape(highlight.Title),
                highlight.Score.ToString("0.00"),
                Markup.Escape(highlight.Reason)
            );
        console.Write(table);
        if (document.Transcript is { } transcript)
            console.MarkupLineInterpolated(
                $"Transcript: {transcript.Segments} sentences, {transcript.Words} words, {transcript.Language}, by {transcript.Engine}"
            );
        console.MarkupLineInterpolated($"Chosen by: {string.Join(", ", document.Signals)}");
        console.MarkupLineInterpolated($"Clips: {Path.Combine(folder, "clips")}");
        foreach (var clip in document.Clips)
            console.MarkupLineInterpolated(
                $"  {clip.Path}  {clip.DurationSeconds:0.0} s, starts {clip.StartErrorSeconds * 1000:0} ms off"
            );
        var factor = document.RealTimeFactor is { } real ? $", {real:0.00}x real time" : "";
        console.MarkupLineInterpolated($"Job {document.JobId} took {document.ElapsedSeconds:0.0} s{factor}.");
        console.MarkupLineInterpolated($"Everything it did: ./run.sh job {document.JobId}");
    }

    /// <summary>Seconds as <c>m:ss.s</c> or <c>h:mm:ss.s</c>.</summary>
    internal static string Clock(double seconds)
    {
        var time = TimeSpan.FromSeconds(seconds);
        return time.TotalHours >= 1 ? time.ToString(@"h\:mm\:ss\.f") : time.ToString(@"m\:ss\.f");
    }
}
