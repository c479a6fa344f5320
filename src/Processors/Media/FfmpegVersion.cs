using System.Text.RegularExpressions;

namespace EventPipeline.Processors.Media;

/// <summary>Which ffmpeg is installed.</summary>
/// <param name="Text">As it names itself.</param>
/// <param name="Number">Null for a build that is no release.</param>
public sealed partial record FfmpegVersion(string Text, Version? Number)
{
    /// <summary>First release with a fix for CVE-2026-8461: a crafted MagicYUV stream writes past a buffer of its decoder.</summary>
    public static readonly Version Advised = new(8, 1, 2);

    /// <summary>What an operator should know; null if there is nothing to say.</summary>
    public string? Warning =>
        Number is not null && Number < Advised
            ? $"ffmpeg {Text} is older than {Advised}, the first release with a fix for CVE-2026-8461. Use a newer one, or make sure that your distribution has backported the fix."
            : null;

    /// <summary>Reads the output of <c>ffmpeg -version</c>.</summary>
    /// <exception cref="MediaException">It is not one.</exception>
    public static FfmpegVersion Parse(string output)
    {
        var match = VersionLine().Match(output);
        if (!match.Success)
            throw new MediaException("The program does not answer -version as ffmpeg does.");
        return new FfmpegVersion(
            match.Groups["text"].Value,
            Version.TryParse(match.Groups["number"].Value, out var number) ? number : null
        );
    }

    [GeneratedRegex(@"^ffmpeg version (?<text>n?(?<number>\d+(\.\d+)+)?\S*)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex VersionLine();
}
