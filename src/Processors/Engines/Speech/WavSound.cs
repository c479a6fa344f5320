using System.Buffers.Binary;
using EventPipeline.Contracts;

namespace EventPipeline.Processors.Engines.Speech;

/// <summary>Sound as the speech engines take it: 16 kHz, mono, signed 16 bits. A minute is 1.9 MB.</summary>
public sealed class WavSound
{
    /// <summary>Samples per second.</summary>
    public const int SampleRate = 16_000;

    private const int HeaderBytes = 44;
    private readonly short[] samples;

    /// <summary>From samples.</summary>
    public WavSound(short[] samples) => this.samples = samples;

    /// <summary>Length.</summary>
    public double Seconds => (double)samples.Length / SampleRate;

    /// <summary>All samples.</summary>
    public ReadOnlySpan<short> Samples => samples;

    /// <summary>The samples of a stretch, as far as there are any.</summary>
    public ReadOnlySpan<short> Slice(TimeRange range)
    {
        var start = Math.Clamp((int)Math.Round(range.Start * SampleRate), 0, samples.Length);
        var end = Math.Clamp((int)Math.Round(range.End * SampleRate), start, samples.Length);
        return samples.AsSpan(start, end - start);
    }

    /// <summary>Reads a WAV file.</summary>
    /// <exception cref="InvalidDataException">It is not one, or not in the one format that is taken.</exception>
    public static async Task<WavSound> ReadAsync(string path, CancellationToken cancellation) =>
        Parse(await File.ReadAllBytesAsync(path, cancellation));

    /// <summary>Parses the bytes of a WAV file.</summary>
    /// <exception cref="InvalidDataException">They are not one, or not in the one format that is taken.</exception>
    public static WavSound Parse(ReadOnlySpan<byte> file)
    {
        if (file.Length < 12 || !file[..4].SequenceEqual("RIFF"u8) || !file[8..12].SequenceEqual("WAVE"u8))
            throw new InvalidDataException("The sound is not a WAV file.");
        var isSpeech = false;
        for (var rest = file[12..]; rest.Length >= 8; )
        {
            var name = rest[..4];
            // Programs that write to a pipe do not know the length; then the data reaches to the end.
            var length = (int)Math.Min(BinaryPrimitives.ReadUInt32LittleEndian(rest[4..]), (uint)(rest.Length - 8));
            var body = rest.Slice(8, length);
            if (name.SequenceEqual("fmt "u8))
                isSpeech = IsSpeech(body);
            else if (name.SequenceEqual("data"u8))
                return isSpeech
                    ? new WavSound(ReadSamples(body))
                    : throw new InvalidDataException("The sound is not 16 kHz, mono, 16 bits.");
            rest = rest[Math.Min(rest.Length, 8 + length + (length & 1))..];
        }
        throw new InvalidDataException("The WAV file has no sound.");
    }

    /// <summary>As a WAV file.</summary>
    /// <param name="range">Only this stretch; null: all.</param>
    public byte[] Write(TimeRange? range = null)
    {
        var content = range is { } stretch ? Slice(stretch) : samples;
        var file = new byte[HeaderBytes + content.Length * 2];
        var header = file.AsSpan();
        "RIFF"u8.CopyTo(header);
        BinaryPrimitives.WriteInt32LittleEndian(header[4..], file.Length - 8);
        "WAVEfmt "u8.CopyTo(header[8..]);
        BinaryPrimitives.WriteInt32LittleEndian(header[16..], 16);
        BinaryPrimitives.WriteInt16LittleEndian(header[20..], 1);
        BinaryPrimitives.WriteInt16LittleEndian(header[22..], 1);
        BinaryPrimitives.WriteInt32LittleEndian(header[24..], SampleRate);
        BinaryPrimitives.WriteInt32LittleEndian(header[28..], SampleRate * 2);
        BinaryPrimitives.WriteInt16LittleEndian(header[32..], 2);
        BinaryPrimitives.WriteInt16LittleEndian(header[34..], 16);
        "data"u8.CopyTo(header[36..]);
        BinaryPrimitives.WriteInt32LittleEndian(header[40..], content.Length * 2);
        for (var i = 0; i < content.Length; i++)
            BinaryPrimitives.WriteInt16LittleEndian(header[(HeaderBytes + 2 * i)..], content[i]);
        return file;
    }

    private static bool IsSpeech(ReadOnlySpan<byte> format)
    {
        const int Extensible = 0xFFFE;
        return format.Length >= 16
            && BinaryPrimitives.ReadUInt16LittleEndian(format) is 1 or Extensible
            && BinaryPrimitives.ReadUInt16LittleEndian(format[2..]) == 1
            && BinaryPrimitives.ReadUInt32LittleEndian(format[4..]) == SampleRate
            && BinaryPrimitives.ReadUInt16LittleEndian(format[14..]) == 16;
    }

    private static short[] ReadSamples(ReadOnlySpan<byte> data)
    {
        var read = new short[data.Length / 2];
        for (var i = 0; i < read.Length; i++)
            read[i] = BinaryPrimitives.ReadInt16LittleEndian(data[(2 * i)..]);
        return read;
    }
}
