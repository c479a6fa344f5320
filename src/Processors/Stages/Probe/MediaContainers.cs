using System.Buffers.Binary;

namespace EventPipeline.Processors.Stages.Probe;

/// <summary>Tells a file's container from its first bytes, before any parser of ffmpeg sees it.</summary>
internal static class MediaContainers
{
    /// <summary>How many bytes <see cref="Recognise"/> wants to see.</summary>
    public const int HeadBytes = 4096;

    /// <summary>Containers for a message to users.</summary>
    public const string Names = "MP4, MOV, MKV, WebM, AVI, MPEG-TS, FLV, WAV, MP3, FLAC or Ogg";

    private const int TransportPacketBytes = 188;

    /// <summary>The container's name; null if it is none that is accepted.</summary>
    public static string? Recognise(ReadOnlySpan<byte> head) =>
        head switch
        {
            [_, _, _, _, (byte)'f', (byte)'t', (byte)'y', (byte)'p', ..] => IsAt(head, 8, "qt  "u8) ? "mov" : "mp4",
            [_, _, _, _, (byte)'m', (byte)'o', (byte)'o', (byte)'v', ..] => "mov",
            [_, _, _, _, (byte)'m', (byte)'d', (byte)'a', (byte)'t', ..] => "mov",
            [_, _, _, _, (byte)'w', (byte)'i', (byte)'d', (byte)'e', ..] => "mov",
            [0x1A, 0x45, 0xDF, 0xA3, ..] => head[..Math.Min(head.Length, 64)].IndexOf("webm"u8) >= 0
                ? "webm"
                : "matroska",
            [(byte)'R', (byte)'I', (byte)'F', (byte)'F', ..] when IsAt(head, 8, "AVI "u8) => "avi",
            [(byte)'R', (byte)'I', (byte)'F', (byte)'F', ..] when IsAt(head, 8, "WAVE"u8) => "wav",
            [(byte)'f', (byte)'L', (byte)'a', (byte)'C', ..] => "flac",
            [(byte)'O', (byte)'g', (byte)'g', (byte)'S', ..] => "ogg",
            [(byte)'F', (byte)'L', (byte)'V', 1, ..] => "flv",
            [(byte)'I', (byte)'D', (byte)'3', ..] => "mp3",
            _ when IsTransportStream(head) => "mpegts",
            _ when IsMpegAudio(head) => "mp3",
            _ => null,
        };

    /// <summary>Whether ffprobe, which looks deeper, came to the same.</summary>
    /// <param name="format">Its <c>format_name</c>: one name, or several with commas.</param>
    public static bool Agrees(string container, string format) =>
        format.Split(',').Contains(container, StringComparer.Ordinal)
        || (container == "mp3" && format is "flac" or "wav"); // a tag of ID3 may stand before any sound

    private static bool IsAt(ReadOnlySpan<byte> head, int offset, ReadOnlySpan<byte> mark) =>
        head.Length >= offset + mark.Length && head.Slice(offset, mark.Length).SequenceEqual(mark);

    /// <summary>Packets of 188 bytes that begin with 0x47 (ISO/IEC 13818-1): five in a row.</summary>
    private static bool IsTransportStream(ReadOnlySpan<byte> head)
    {
        for (var packet = 0; packet < 5; packet++)
            if (head.Length <= packet * TransportPacketBytes || head[packet * TransportPacketBytes] != 0x47)
                return false;
        return true;
    }

    /// <summary>A frame header of MPEG audio layer III (ISO/IEC 11172-3) whose fields are all allowed.</summary>
    private static bool IsMpegAudio(ReadOnlySpan<byte> head)
    {
        if (head.Length < 4)
            return false;
        var header = BinaryPrimitives.ReadUInt32BigEndian(head);
        var (version, layer, rate, sampling) = (
            header >> 19 & 3,
            header >> 17 & 3,
            header >> 12 & 15,
            header >> 10 & 3
        );
        return header >> 21 == 0x7FF && version != 1 && layer == 1 && rate is not (0 or 15) && sampling != 3;
    }
}
