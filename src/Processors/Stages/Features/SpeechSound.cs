using System.Buffers.Binary;
using EventPipeline.Contracts;

namespace EventPipeline.Processors.Stages.Features;

/// <summary>Cuts stretches out of raw sound and joins them as a WAV file.</summary>
internal static class SpeechSound
{
    private const int SampleRate = 16_000;
    private const int SampleBytes = 2;
    private const int HeaderBytes = 44;

    /// <param name="soundPath">16 kHz, mono, signed 16 bits, no header.</param>
    /// <param name="pieces">In order; what lies beyond the end of the sound is left out.</param>
    public static async Task CutAsync(
        string soundPath,
        IReadOnlyList<TimeRange> pieces,
        string wavePath,
        CancellationToken cancellation
    )
    {
        await using var sound = File.OpenRead(soundPath);
        await using var wave = File.Create(wavePath);
        wave.Position = HeaderBytes;
        foreach (var piece in pieces)
        {
            var start = Math.Min(Offset(piece.Start), sound.Length);
            var bytes = new byte[Math.Min(Offset(piece.End), sound.Length) - start];
            sound.Position = start;
            await sound.ReadExactlyAsync(bytes, cancellation);
            await wave.WriteAsync(bytes, cancellation);
        }
        var length = (int)(wave.Length - HeaderBytes);
        wave.Position = 0;
        await wave.WriteAsync(Header(Math.Max(0, length)), cancellation);
    }

    private static long Offset(double seconds) => (long)Math.Round(seconds * SampleRate) * SampleBytes;

    private static byte[] Header(int dataBytes)
    {
        var header = new byte[HeaderBytes];
        "RIFF"u8.CopyTo(header);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(4), HeaderBytes - 8 + dataBytes);
        "WAVEfmt "u8.CopyTo(header.AsSpan(8));
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(16), 16);
        BinaryPrimitives.WriteInt16LittleEndian(header.AsSpan(20), 1); // PCM
        BinaryPrimitives.WriteInt16LittleEndian(header.AsSpan(22), 1);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(24), SampleRate);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(28), SampleRate * SampleBytes);
        BinaryPrimitives.WriteInt16LittleEndian(header.AsSpan(32), SampleBytes);
        BinaryPrimitives.WriteInt16LittleEndian(header.AsSpan(34), 8 * SampleBytes);
        "data"u8.CopyTo(header.AsSpan(36));
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(40), dataBytes);
        return header;
    }
}
