namespace EventPipeline.Processors.Stages.Features;

/// <summary>The one run of ffmpeg that measures everything. It writes logs and sound into its working directory, under these names.</summary>
internal static class FeatureGraph
{
    /// <summary>Per picture: change of scene, black and frozen stretches.</summary>
    public const string Pictures = "pictures.log";

    /// <summary>Blur, once a second.</summary>
    public const string Blur = "blur.log";

    /// <summary>EBU R 128, ten times a second.</summary>
    public const string Loudness = "loudness.log";

    /// <summary>16 kHz, mono, signed 16 bits, little endian, no header; its first sample is at time 0 of the source.</summary>
    public const string Sound = "sound.pcm";

    // A smaller picture is as good for finding cuts, and several times as fast.
    private const string Shrink = "scale=w='min(640,iw)':h=-2:flags=fast_bilinear,format=yuv420p";

    /// <summary>Arguments after the input.</summary>
    public static IReadOnlyList<string> Arguments(bool video, bool audio)
    {
        var graph = new List<string>();
        var outputs = new List<string>();
        if (video)
        {
            graph.Add($"[0:V:0]{Shrink},split[cuts][slow]");
            graph.Add(
                "[cuts]scdet=t=100,blackdetect=d=0.1:pic_th=0.98:pix_th=0.10,freezedetect=n=-60dB:d=2,"
                    + $"metadata=mode=print:file={Pictures}[pictures]"
            );
            graph.Add($"[slow]fps=1,blurdetect,metadata=mode=print:key=lavfi.blur:file={Blur}[blur]");
            outputs.AddRange(["-map", "[pictures]", "-f", "null", "-", "-map", "[blur]", "-f", "null", "-"]);
        }
        if (audio)
        {
            graph.Add("[0:a:0]asplit[fine][coarse]");
            graph.Add(
                $"[fine]ebur128=metadata=1:peak=true:framelog=verbose,ametadata=mode=print:file={Loudness}[loudness]"
            );
            graph.Add(
                "[coarse]aresample=16000:async=1:first_pts=0,aformat=sample_fmts=s16:channel_layouts=mono[sound]"
            );
            outputs.AddRange(["-map", "[loudness]", "-f", "null", "-", "-map", "[sound]", "-f", "s16le", Sound]);
        }
        return ["-filter_complex", string.Join(';', graph), .. outputs];
    }
}
