using EventPipeline.Processors;
using EventPipeline.Processors.Media;

namespace EventPipeline.Host.Sample;

/// <summary>A lecture of a good minute to try the product with: five topics, spoken by flite over slides, made by ffmpeg alone.</summary>
internal static class SampleLecture
{
    private const string FileName = "sample-lecture.mp4";
    private const double WavHeader = 44;
    private const double BytesPerSecond = 2 * 16000;
    private const double SentencePause = 0.5;
    private const double TopicPause = 0.7; // At both ends of a topic, so twice that between two.

    private static readonly (string Title, string Colour, string[] Sentences)[] Topics =
    [
        (
            "Tides",
            "0x1b2a49",
            [
                "Twice a day the sea rises and falls, and we call this the tide.",
                "The moon pulls on the water of the sea, and the water under the moon bulges.",
                "The tide is highest when sun and moon pull on the sea together.",
            ]
        ),
        (
            "Honey Bees",
            "0x7a4b00",
            [
                "A honey bee visits hundreds of flowers before she returns to her hive.",
                "In the hive the bees fan the nectar with their wings until it thickens into honey.",
                "Remember that a bee tells the others where the flowers are by dancing.",
            ]
        ),
        (
            "Concrete",
            "0x3d3d3d",
            [
                "Concrete is a mixture of cement, sand, gravel and water.",
                "Cement does not dry, it reacts with the water and grows crystals that lock the gravel.",
                "Builders put steel bars into concrete, because concrete alone breaks when it is stretched.",
            ]
        ),
        (
            "Vaccines",
            "0x5b2333",
            [
                "A vaccine shows the body a harmless part of a virus.",
                "The immune system learns the shape of this part and keeps cells that remember it.",
                "The key point is that the immune system then stops the real virus within days.",
            ]
        ),
        (
            "Compilers",
            "0x0b5345",
            [
                "A compiler translates the text of a program into instructions for a processor.",
                "First the compiler reads the program into a tree, and then it checks the types in the tree.",
                "At last it chooses fast instructions, and the processor runs the program.",
            ]
        ),
    ];

    /// <summary>The path of the lecture in a folder; it is made if it is not there yet.</summary>
    /// <exception cref="MediaException">There is no ffmpeg, or one without flite or drawtext.</exception>
    public static async Task<string> EnsureAsync(string folder, CancellationToken cancellation)
    {
        var path = Path.Combine(Path.GetFullPath(folder), FileName);
        if (File.Exists(path))
            return path;
        Directory.CreateDirectory(folder);
        using var workspace = Workspace.Create(folder);
        var ffmpeg = new Ffmpeg(new FfmpegOptions());
        await ffmpeg.RunAsync(await SpeechAsync(workspace, cancellation), cancellation);
        await ffmpeg.RunAsync(await PictureAsync(workspace, cancellation), cancellation);
        File.Move(workspace.PathOf(FileName), path, overwrite: true);
        return path;
    }

    /// <summary>A sound file for each topic: how long a slide stands is known once its sentences are spoken.</summary>
    private static async Task<MediaCommand> SpeechAsync(Workspace workspace, CancellationToken cancellation)
    {
        List<string> graph = [];
        List<string> output = [];
        foreach (var (topic, (_, _, sentences)) in Topics.Index())
        {
            graph.Add(Silence(TopicPause, $"begin{topic}"));
            var order = $"[begin{topic}]";
            foreach (var (i, sentence) in sentences.Index())
            {
                var name = $"sentence{topic}{i}";
                await File.WriteAllTextAsync(workspace.PathOf($"{name}.txt"), sentence, cancellation);
                graph.Add($"flite=textfile={name}.txt:voice=slt[{name}]");
                graph.Add(Silence(i + 1 < sentences.Length ? SentencePause : TopicPause, $"after{topic}{i}"));
                order += $"[{name}][after{topic}{i}]";
            }
            graph.Add($"{order}concat=n={1 + 2 * sentences.Length}:v=0:a=1[topic{topic}]");
            output.AddRange(["-map", $"[topic{topic}]", "-c:a", "pcm_s16le", "-bitexact", $"topic{topic}.wav"]);
        }
        return new MediaCommand([], ["-filter_complex", string.Join(';', graph), .. output], null, workspace.Folder);
    }

    private static async Task<MediaCommand> PictureAsync(Workspace workspace, CancellationToken cancellation)
    {
        List<string> graph = [];
        var order = "";
        foreach (var (topic, (title, colour, _)) in Topics.Index())
        {
            await File.WriteAllTextAsync(workspace.PathOf($"title{topic}.txt"), title, cancellation);
            var seconds = (new FileInfo(workspace.PathOf($"topic{topic}.wav")).Length - WavHeader) / BytesPerSecond;
            graph.Add(
                FormattableString.Invariant($"color={colour}:s=1280x720:r=25:d={seconds:F3},")
                    + $"drawtext=textfile=title{topic}.txt:expansion=none:font='DejaVu Sans'"
                    + $":fontcolor=white:fontsize=96:x=100:y=(h-text_h)/2[slide{topic}]"
            );
            order += $"[slide{topic}][{topic}:a]";
        }
        graph.Add($"{order}concat=n={Topics.Length}:v=1:a=1[v][a]");
        return new MediaCommand(
            [.. Topics.Select((_, topic) => new MediaInput($"topic{topic}.wav"))],
            ["-filter_complex", string.Join(';', graph), "-map", "[v]", "-map", "[a]", .. Encoded, FileName],
            null,
            workspace.Folder
        );
    }

    private static string Silence(double seconds, string name) =>
        FormattableString.Invariant($"anullsrc=r=16000:cl=mono,atrim=duration={seconds}[{name}]");

    // The same file wherever it is made with the same ffmpeg: its hash names the video.
    private static string[] Encoded =>
        [
            .. (string[])["-c:v", "libx264", "-preset", "veryfast", "-tune", "stillimage", "-pix_fmt", "yuv420p"],
            .. (string[])["-c:a", "aac", "-b:a", "96k", "-ar", "48000", "-movflags", "+faststart"],
            .. (string[])["-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact"],
        ];
}
