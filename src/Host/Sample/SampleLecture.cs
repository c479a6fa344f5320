using EventPipeline.Processors;
using EventPipeline.Processors.Media;

namespace EventPipeline.Host.Sample;

/// <summary>A lecture of a good minute to try the product with: five topics, spoken by flite over slides, made by ffmpeg alone.</summary>
internal static class SampleLecture
{
    private const string FileName = "sample-lecture.mp4";
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
        for (var topic = 0; topic < Topics.Length; topic++)
            await ffmpeg.RunAsync(await TopicAsync(topic, workspace, cancellation), cancellation);
        await ffmpeg.RunAsync(Whole(workspace), cancellation);
        File.Move(workspace.PathOf(FileName), path, overwrite: true);
        return path;
    }

    // How long a sentence takes is known once it is spoken, so a topic is a file of its own that ends with its speech.
    private static async Task<MediaCommand> TopicAsync(int topic, Workspace workspace, CancellationToken cancellation)
    {
        var (title, colour, sentences) = Topics[topic];
        await WriteAsync("title.txt", title);
        List<string> spoken = [Silence(TopicPause, "begin")];
        var order = "[begin]";
        for (var i = 0; i < sentences.Length; i++)
        {
            await WriteAsync($"sentence{i}.txt", sentences[i]);
            spoken.Add($"flite=textfile=sentence{i}.txt:voice=slt[s{i}]");
            spoken.Add(Silence(i + 1 < sentences.Length ? SentencePause : TopicPause, $"p{i}"));
            order += $"[s{i}][p{i}]";
        }
        var graph =
            $"{string.Join(';', spoken)};{order}concat=n={1 + 2 * sentences.Length}:v=0:a=1[a];"
            + $"color={colour}:s=1280x720:r=25,drawtext=textfile=title.txt:expansion=none:font='DejaVu Sans'"
            + ":fontcolor=white:fontsize=96:x=100:y=(h-text_h)/2[v]";
        return new MediaCommand(
            [],
            ["-filter_complex", graph, "-map", "[v]", "-map", "[a]", "-shortest", .. Encoded, $"topic{topic}.mp4"],
            WorkingDirectory: workspace.Folder
        );

        Task WriteAsync(string name, string text) =>
            File.WriteAllTextAsync(workspace.PathOf(name), text, cancellation);
    }

    private static MediaCommand Whole(Workspace workspace)
    {
        var streams = string.Concat(Topics.Select((_, i) => $"[{i}:v][{i}:a]"));
        return new MediaCommand(
            [.. Topics.Select((_, i) => new MediaInput($"topic{i}.mp4"))],
            [
                "-filter_complex",
                $"{streams}concat=n={Topics.Length}:v=1:a=1[v][a]",
                "-map",
                "[v]",
                "-map",
                "[a]",
                .. Encoded,
                FileName,
            ],
            WorkingDirectory: workspace.Folder
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
