using System.ComponentModel;
using EventPipeline.Contracts;
using EventPipeline.Processors.Media;
using Microsoft.Extensions.Logging;

namespace EventPipeline.Processors.Engines.Speech.Alignment;

/// <summary>Finds when known English words are said, with pocketsphinx and a grammar that has the words as its only path. About 0.03
/// seconds of processor time per second of sound. Where it cannot help, times are estimated and marked so.</summary>
public sealed partial class WordAligner
{
    private static readonly ProcessLimits Limits = new() { Time = TimeSpan.FromMinutes(5) };
    private readonly ILogger<WordAligner> logger;
    private readonly string program;
    private readonly PronouncingDictionary? dictionary = PronouncingDictionary.Installed;
    private int isMissing;

    /// <summary>With the pocketsphinx that is installed, if one is.</summary>
    public WordAligner(ILogger<WordAligner> logger)
        : this(logger, "pocketsphinx_continuous") { }

    internal WordAligner(ILogger<WordAligner> logger, string program)
    {
        this.logger = logger;
        this.program = program;
    }

    /// <summary>Gives every word of every text a time, in seconds of the sound.</summary>
    /// <param name="workspace">For the files that pocketsphinx reads.</param>
    public async Task<IReadOnlyList<IReadOnlyList<TranscriptWord>>> AlignAsync(
        WavSound sound,
        IReadOnlyList<RecognizedText> texts,
        string language,
        Workspace workspace,
        StageMeter meter,
        CancellationToken cancellation
    )
    {
        var needsWork = texts.Any(text => text.Words.Any(word => word.Range is null));
        var canAlign = needsWork && IsEnglish(language) && dictionary is not null && isMissing == 0;
        if (needsWork && !canAlign && IsEnglish(language))
            ReportMissing();
        var spoken = canAlign ? await SpokenTexts.ReadAsync(texts, dictionary!, cancellation) : null;
        var timed = new List<IReadOnlyList<TranscriptWord>>(texts.Count);
        for (var i = 0; i < texts.Count; i++)
        {
            var text = texts[i];
            IReadOnlyList<KnownTime?> known =
            [
                .. text.Words.Select(word => word.Range is { } range ? new KnownTime(range, false) : (KnownTime?)null),
            ];
            if (spoken is not null && known.Contains(null))
                known = spoken.Times(
                    i,
                    await HearAsync(sound, text.Range, spoken.Words(i), spoken.Lines(i), workspace, meter, cancellation)
                );
            timed.Add(WordTimes.Fill(text.Range, text.Words, known));
        }
        return timed;
    }

    private async Task<IReadOnlyList<HeardWord>> HearAsync(
        WavSound sound,
        TimeRange range,
        IReadOnlyList<string> words,
        IEnumerable<string> dictionaryLines,
        Workspace workspace,
        StageMeter meter,
        CancellationToken cancellation
    )
    {
        if (words.Count == 0)
            return [];
        await File.WriteAllBytesAsync(workspace.PathOf("align.wav"), sound.Write(range), cancellation);
        await File.WriteAllTextAsync(workspace.PathOf("align.fsg"), AlignmentGrammar.Write(words), cancellation);
        await File.WriteAllLinesAsync(workspace.PathOf("align.dict"), dictionaryLines, cancellation);
        // Wide beams: the path is known, it must only not be lost. Silence is kept, so that times are those of the sound.
        string[] arguments =
        [
            "-infile",
            "align.wav",
            "-fsg",
            "align.fsg",
            "-dict",
            "align.dict",
            "-time",
            "yes",
            "-remove_silence",
            "no",
            "-cmn",
            "batch",
            "-beam",
            "1e-80",
            "-pbeam",
            "1e-80",
            "-wbeam",
            "1e-60",
            "-logfn",
            "/dev/null",
        ];
        try
        {
            var result = await ProcessRunner.RunAsync(
                program,
                arguments,
                cancellation,
                Limits,
                workspace.Folder,
                meter
            );
            return
            [
                .. AlignmentGrammar
                    .Read(result.Output)
                    .Select(word => word with { Start = word.Start + range.Start, End = word.End + range.Start }),
            ];
        }
        catch (Win32Exception)
        {
            ReportMissing();
            return [];
        }
    }

    private void ReportMissing()
    {
        if (Interlocked.Exchange(ref isMissing, 1) == 0)
            AlignerMissing(logger);
    }

    private static bool IsEnglish(string language) =>
        language.Split('-')[0].Equals("en", StringComparison.OrdinalIgnoreCase);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Word times are estimated, because pocketsphinx or its English model is not installed: apt-get install pocketsphinx pocketsphinx-en-us"
    )]
    private static partial void AlignerMissing(ILogger logger);
}
