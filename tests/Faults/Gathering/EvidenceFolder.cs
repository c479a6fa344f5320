using System.Text;
using EventPipeline.Faults.Checking;
using EventPipeline.Faults.Installation;

namespace EventPipeline.Faults.Gathering;

/// <summary>Writes down what a seed left behind, for whoever looks for the cause.</summary>
internal static class EvidenceFolder
{
    /// <returns>The folder.</returns>
    public static async Task<string> WriteAsync(
        string folder,
        RunningInstallation installation,
        Evidence evidence,
        IReadOnlyList<Violation> violations
    )
    {
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
        Directory.CreateDirectory(folder);
        await WriteAsync("violations.txt", violations);
        await WriteAsync(
            "faults.txt",
            evidence.Faults.Select(it => $"{it.From:HH:mm:ss.fff} to {it.To:HH:mm:ss.fff} {it.Fault}")
        );
        await WriteAsync(
            "jobs.txt",
            evidence.Jobs.Select(it => $"{it.At:HH:mm:ss.fff} {it.JobId} {it.VideoId} {it.Pipeline.Name}")
        );
        await WriteAsync(
            "log.txt",
            evidence.Log.Select(it =>
                $"{it.SeenAt:HH:mm:ss.fff} {it.Position} {it.StreamId} {it.Version} {Short($"{it.Data}")}"
            )
        );
        await WriteAsync(
            "messages.txt",
            evidence.Messages.Select(it =>
                $"{it.At:HH:mm:ss.fff} {it.Topic}[{it.Partition}] {it.Offset} {it.Key} {Short(Encoding.UTF8.GetString(it.Value.Span))}"
            )
        );
        await WriteAsync("objects.txt", evidence.Objects);
        await WriteAsync("backlogs.txt", evidence.Backlogs);
        await WriteAsync("rows-kept.txt", evidence.KeptRows);
        await WriteAsync("rows-rebuilt.txt", evidence.RebuiltRows);
        foreach (var part in installation.Parts.Values)
            await WriteAsync($"{part.Name}.log", [part.Output]);
        return folder;

        Task WriteAsync<T>(string name, IEnumerable<T> lines) =>
            File.WriteAllLinesAsync(Path.Combine(folder, name), lines.Select(line => line?.ToString() ?? ""));
    }

    private static string Short(string text) => text.Length <= 1_000 ? text : text[..1_000];
}
