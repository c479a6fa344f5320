using System.Diagnostics;

namespace EventPipeline.TestSupport.Lectures;

/// <summary>Runs the ffmpeg of the machine to make test media.</summary>
public static class FfmpegTool
{
    /// <summary>Whether there is an ffmpeg with speech; tests that need it skip themselves otherwise.</summary>
    public static async Task<bool> CanSpeakAsync(CancellationToken cancellation)
    {
        try
        {
            await RunAsync(
                Path.GetTempPath(),
                ["-f", "lavfi", "-i", "flite=text=yes", "-f", "null", "-"],
                cancellation
            );
            return true;
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>Runs ffmpeg in a folder, over files that are there already.</summary>
    /// <exception cref="InvalidOperationException">It failed; the message is its own.</exception>
    public static async Task RunAsync(string folder, IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo("ffmpeg")
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        foreach (var argument in (string[])["-v", "error", "-nostdin", "-y", .. arguments])
            start.ArgumentList.Add(argument);
        using var process = Process.Start(start) ?? throw new InvalidOperationException("ffmpeg could not be started.");
        await using var kill = cancellation.Register(() => process.Kill());
        var errors = await process.StandardError.ReadToEndAsync(cancellation);
        await process.WaitForExitAsync(cancellation);
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"ffmpeg failed: {errors}");
    }
}
