using EventPipeline.Contracts;
using EventPipeline.Processors.Media;

namespace EventPipeline.Processors.Stages.Features;

/// <summary>The one run of ffmpeg that measures everything. It writes logs and sound into its working directory, under these names.</summary>
internal static class FeatureGraph
{
    /// <summary>Per picture: change of scene, black and frozen stretches.</summary>
    public const string Pictures = "pictures.log";

    /// <summary>Blur, once in two seconds.</summary>
    public const string Blur = "blur.log";

    /// <summary>EBU R 128, ten times a second.</summary>
    public const string Loudness = "loudness.log";

    /// <summary>16 kHz, mono, signed 16 bits, little endian, no header; its first sample is at time 0 of the source.</summary>
    public const string Sound = "sound.pcm";

    // Decoding is most of the cost. Without the last smoothing of the edges of blocks it is a tenth cheaper, and every score of a cut stays
    // within 1 % of what it was.
    private static readonly string[] CheapDecoding = ["-skip_loop_filter", "all", "-flags2", "fast"];

    // Threads that wait for each other cost a fifth more processor time and change nothing that is measured; what is left over goes to the
    // other stages.
    private static readonly string[] OneDecoder = ["-threads", "1"];
    private static readonly string[] OneFilter = ["-filter_complex_threads", "1"];

    // Changes show as well in a small picture, and cost much less there. Blur does not.
    private const string PictureGraph =
        "[0:V:0]split[moving][sharp];"
        + "[moving]scale=w='min(320,iw)':h=-2:flags=fast_bilinear,format=yuv420p,scdet=t=100,"
        + "blackdetect=d=0.1:pic_th=0.98:pix_th=0.10,freezedetect=n=-60dB:d=2,"
        + $"metadata=mode=print:file={Pictures}[pictures];"
        + @"[sharp]select='isnan(prev_selected_t)+gte(t-prev_selected_t\,2)',scale=w='min(1280,iw)':h=-2,blurdetect,"
        + $"metadata=mode=print:key=lavfi.blur:file={Blur}[blur]";

    private const string SoundGraph =
        "[0:a:0]asplit[fine][coarse];"
        + $"[fine]ebur128=metadata=1:peak=true:framelog=verbose,ametadata=mode=print:file={Loudness}[loudness];"
        + "[coarse]aresample=16000:async=1:first_pts=0,aformat=sample_fmts=s16:channel_layouts=mono[sound]";

    /// <summary>The run for a source with a picture, sound, or both.</summary>
    /// <param name="folder">Where logs and sound are written.</param>
    public static MediaCommand Command(string source, MediaProbed media, string folder)
    {
        List<string> graphs = [];
        List<string> outputs = [];
        if (media.HasVideo)
        {
            graphs.Add(PictureGraph);
            outputs.AddRange(["-map", "[pictures]", "-f", "null", "-", "-map", "[blur]", "-f", "null", "-"]);
        }
        if (media.HasAudio)
        {
            graphs.Add(SoundGraph);
            outputs.AddRange(["-map", "[loudness]", "-f", "null", "-", "-map", "[sound]", "-f", "s16le", Sound]);
        }
        return new MediaCommand(
            [new MediaInput(source, media.HasVideo ? [.. OneDecoder, .. CheapDecoding] : OneDecoder)],
            [.. OneFilter, "-filter_complex", string.Join(';', graphs), .. outputs],
            media.DurationSeconds,
            folder
        );
    }
}
