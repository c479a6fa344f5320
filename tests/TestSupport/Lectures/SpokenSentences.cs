using System.Runtime.InteropServices;

namespace EventPipeline.TestSupport.Lectures;

/// <summary>Sentences spoken by flite, without the silence that it puts at both ends.</summary>
internal static class SpokenSentences
{
    /// <summary>Samples a second; one channel of 16 bits.</summary>
    public const int SampleRate = 16000;

    // flite's own silence is exactly zero; its softest consonants are above this (-50 dBFS).
    private const short Audible = 100;

    public static async Task<IReadOnlyList<short[]>> SayAsync(
        IReadOnlyList<string> sentences,
        string voice,
        string folder,
        CancellationToken cancellation
    )
    {
        List<string> inputs = [];
        List<string> outputs = [];
        for (var i = 0; i < sentences.Count; i++)
        {
            await File.WriteAllTextAsync(Path.Combine(folder, $"sentence{i}.txt"), sentences[i], cancellation);
            inputs.AddRange(["-f", "lavfi", "-i", $"flite=textfile=sentence{i}.txt:voice={voice}"]);
            outputs.AddRange(["-map", $"{i}:a", "-ac", "1", "-ar", $"{SampleRate}", "-f", "s16le", $"sentence{i}.pcm"]);
        }
        await FfmpegTool.RunAsync(folder, [.. inputs, .. outputs], cancellation);
        var spoken = new List<short[]>();
        for (var i = 0; i < sentences.Count; i++)
            spoken.Add(Trim(await File.ReadAllBytesAsync(Path.Combine(folder, $"sentence{i}.pcm"), cancellation)));
        return spoken;
    }

    private static short[] Trim(byte[] pcm)
    {
        var samples = MemoryMarshal.Cast<byte, short>(pcm);
        var first = samples.IndexOfAnyExceptInRange((short)-Audible, Audible);
        var last = samples.LastIndexOfAnyExceptInRange((short)-Audible, Audible);
        return first < 0
            ? throw new InvalidOperationException("flite said nothing.")
            : samples[first..(last + 1)].ToArray();
    }
}
