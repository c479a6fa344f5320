using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using EventPipeline.Contracts;

namespace EventPipeline.TestSupport.Lectures;

/// <summary>Makes lectures with ffmpeg alone: speech by flite, slides by drawtext. Every sentence is spoken by itself and put on
/// the timeline sample by sample, so its start and end are known, not measured.</summary>
public static class LectureMaker
{
    private const int SampleRate = SpokenSentences.SampleRate;
    private const int CameraMargin = 16;
    private const string Font = "DejaVu Sans";

    // How many decibels the mean level of ffmpeg's pink noise lies below its amplitude setting; measured with volumedetect.
    private const double PinkBelowAmplitude = 14.1;

    private const double UsualSecondsPerLetter = 0.058;

    // Far apart in brightness, one after the other, so that every slide change is a cut.
    private static readonly string[] SlideColours =
    [
        "0x1b2a49",
        "0xe8e4d8",
        "0x2e5e4e",
        "0xf2c14e",
        "0x5b2333",
        "0xbcd4e6",
    ];

    /// <summary>Makes a lecture as <c>lecture.mp4</c>.</summary>
    /// <param name="folder">An existing folder of the caller's own; intermediate files are removed from it.</param>
    public static async Task<Lecture> MakeAsync(
        LectureScript script,
        LectureOptions options,
        string folder,
        CancellationToken cancellation
    )
    {
        var scratch = Directory.CreateDirectory(Path.Combine(folder, "making"));
        try
        {
            var texts = script.Topics.SelectMany(topic => topic.Sentences).ToArray();
            var spoken = await SpokenSentences.SayAsync(texts, options.Voice, scratch.FullName, cancellation);
            var (lecture, sound) = Arrange(script, spoken, options);
            lecture = lecture with { Path = Path.Combine(folder, "lecture.mp4") };
            await File.WriteAllBytesAsync(
                Path.Combine(scratch.FullName, "speech.pcm"),
                MemoryMarshal.AsBytes(sound.AsSpan()).ToArray(),
                cancellation
            );
            await File.WriteAllTextAsync(
                Path.Combine(scratch.FullName, "captions.srt"),
                Captions(lecture.Sentences),
                cancellation
            );
            var slides = Slides(script, lecture).ToArray();
            for (var i = 0; i < slides.Length; i++)
                await File.WriteAllTextAsync(
                    Path.Combine(scratch.FullName, $"slide{i}.txt"),
                    slides[i].Text,
                    cancellation
                );
            await FfmpegTool.RunAsync(scratch.FullName, Arguments(slides, lecture, options), cancellation);
            return lecture;
        }
        finally
        {
            scratch.Delete(recursive: true);
        }
    }

    /// <summary>Where <see cref="LectureOptions.PictureInPicture"/> puts the camera.</summary>
    public static PictureRegion CameraOf(LectureOptions options) =>
        new(
            options.Width - options.Width / 4 - CameraMargin,
            options.Height - options.Height / 4 - CameraMargin,
            options.Width / 4,
            options.Height / 4
        );

    /// <summary>The same lecture without a file, in no time: every sentence takes as long as its letters usually do.</summary>
    public static Lecture Imagine(LectureScript script, LectureOptions options) =>
        Arrange(
            script,
            [
                .. script
                    .Topics.SelectMany(topic => topic.Sentences)
                    .Select(sentence => new short[(int)(sentence.Length * UsualSecondsPerLetter * SampleRate)]),
            ],
            options
        ).Lecture;

    private static (Lecture Lecture, short[] Sound) Arrange(
        LectureScript script,
        IReadOnlyList<short[]> spoken,
        LectureOptions options
    )
    {
        var random = new Random(options.Seed);
        var sentences = new List<SentenceTruth>();
        var topics = new List<TopicTruth>();
        var pauses = new List<TimeRange>();
        var cuts = new List<double>();
        var sound = new List<short>();
        foreach (var (topic, index) in script.Topics.Select((topic, index) => (topic, index)))
        {
            var start = 0.0;
            for (var i = 0; i < topic.Sentences.Count; i++)
            {
                var pause =
                    sentences.Count == 0 ? 0.8
                    : i == 0 ? 1.0 + random.NextDouble() * 0.6
                    : 0.4 + random.NextDouble() * 0.3;
                var slideChanges =
                    sentences.Count > 0
                    && (i == 0 || (topic.SecondSlide is not null && i == topic.Sentences.Count / 2));
                if (slideChanges)
                    cuts.Add(NextFrame(Now() + pause / 2, options.FrameRate));
                Rest(pause);
                if (i == 0)
                    start = Now();
                var sentenceStart = Now();
                sound.AddRange(spoken[sentences.Count]);
                sentences.Add(new SentenceTruth(sentenceStart, Now(), topic.Sentences[i], index));
            }
            topics.Add(new TopicTruth(topic.Title, start, Now()));
        }
        Rest(1.0);
        return (new Lecture("", Now(), topics, sentences, cuts, pauses), [.. sound]);

        double Now() => (double)sound.Count / SampleRate;
        void Rest(double seconds)
        {
            var start = Now();
            sound.AddRange(new short[(int)(seconds * SampleRate)]);
            pauses.Add(new TimeRange(start, Now()));
        }
    }

    private static IEnumerable<(TimeRange Range, string Text)> Slides(LectureScript script, Lecture lecture)
    {
        var texts = script.Topics.SelectMany(topic =>
            topic.SecondSlide is null ? [topic.Title] : new[] { topic.Title, $"{topic.Title}:\n{topic.SecondSlide}" }
        );
        double[] edges = [0, .. lecture.SlideCuts, lecture.DurationSeconds + 1];
        return texts.Select((text, i) => (new TimeRange(edges[i], edges[i + 1]), text));
    }

    private static string[] Arguments((TimeRange Range, string Text)[] slides, Lecture lecture, LectureOptions options)
    {
        var size = $"{options.Width}x{options.Height}";
        var camera = CameraOf(options);
        var drawing = new StringBuilder("[0:v]");
        for (var i = 0; i < slides.Length; i++)
        {
            // Half a frame early, so that rounding cannot move the cut by a frame.
            var early = 0.5 / options.FrameRate;
            var shown = Invariant(
                $"enable='gte(t,{slides[i].Range.Start - early:F4})*lt(t,{slides[i].Range.End - early:F4})'"
            );
            var dark = i % 2 == 0;
            drawing.Append(
                $"drawbox=t=fill:color={SlideColours[i % SlideColours.Length]}:{shown},"
                    + $"drawtext=textfile=slide{i}.txt:expansion=none:font='{Font}':fontsize=h/11"
                    + $":fontcolor={(dark ? "white" : "black")}:x=w/12:y=h/6:{shown},"
            );
        }
        drawing.Append("null[slides];");
        drawing.Append(
            options.PictureInPicture ? $"[slides][2:v]overlay=x={camera.X}:y={camera.Y}[v];" : "[slides]null[v];"
        );
        drawing.Append(
            options.NoiseDecibels is { } level
                ? Invariant(
                    $"anoisesrc=color=pink:r={SampleRate}:seed={options.Seed}:a={Math.Pow(10, (level + PinkBelowAmplitude) / 20):F6},atrim=duration={lecture.DurationSeconds:F4}[noise];[1:a][noise]amix=inputs=2:duration=first:normalize=0[a]"
                )
                : "[1:a]anull[a]"
        );
        string[] cameraInput = options.PictureInPicture
            ? ["-f", "lavfi", "-i", $"testsrc2=s={camera.Width}x{camera.Height}:r={options.FrameRate}"]
            : [];
        string[] captions = options.Captions ? ["-i", "captions.srt"] : [];
        string[] captionOutput = options.Captions
            ? ["-map", $"{(options.PictureInPicture ? 3 : 2)}:s", "-c:s", "mov_text", "-metadata:s:s:0", "language=eng"]
            : [];
        return
        [
            .. (string[])["-f", "lavfi", "-i", $"color=black:s={size}:r={options.FrameRate}"],
            .. (string[])["-f", "s16le", "-ar", $"{SampleRate}", "-ac", "1", "-i", "speech.pcm"],
            .. cameraInput,
            .. captions,
            .. (string[])["-filter_complex", drawing.ToString(), "-map", "[v]", "-map", "[a]"],
            .. captionOutput,
            .. (string[])["-c:v", "libx264", "-preset", "ultrafast", "-crf", "24", "-g", $"{options.FrameRate * 5}"],
            .. (string[])["-pix_fmt", "yuv420p", "-c:a", "aac", "-b:a", "96k", "-ar", "48000"],
            .. (string[])["-t", Invariant($"{lecture.DurationSeconds:F4}"), "../lecture.mp4"],
        ];
    }

    private static string Captions(IReadOnlyList<SentenceTruth> sentences) =>
        string.Join(
            "\n",
            sentences.Select(
                (sentence, i) => $"{i + 1}\n{Clock(sentence.Start)} --> {Clock(sentence.End)}\n{sentence.Text}\n"
            )
        );

    private static string Clock(double seconds) =>
        TimeSpan.FromSeconds(seconds).ToString(@"hh\:mm\:ss\,fff", CultureInfo.InvariantCulture);

    private static double NextFrame(double time, int frameRate) => Math.Ceiling(time * frameRate) / frameRate;

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
