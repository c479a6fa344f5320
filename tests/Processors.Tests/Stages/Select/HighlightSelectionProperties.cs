using CsCheck;
using EventPipeline.Contracts;
using EventPipeline.Processors.Engines.Language;
using EventPipeline.Processors.Stages.Analyze;
using EventPipeline.Processors.Stages.Select;

namespace EventPipeline.Processors.Tests.Stages.Select;

/// <summary>What holds of every selection, whatever was said, heard and seen.</summary>
public class HighlightSelectionProperties
{
    private const double Tolerance = 1e-9;

    [Fact]
    public void Clips_lie_in_the_source_in_order_without_overlap_and_no_more_than_wanted() =>
        Inputs.Sample(
            (input, count) =>
            {
                var clips = Select(input, count).Highlights;
                clips.Count.ShouldBeInRange(1, count);
                clips.Select(clip => clip.Name).ShouldBe(Enumerable.Range(1, clips.Count).Select(i => $"clip-{i:D3}"));
                var last = 0.0;
                foreach (var clip in clips)
                {
                    clip.Start.ShouldBeGreaterThanOrEqualTo(last);
                    clip.End.ShouldBeGreaterThan(clip.Start);
                    clip.End.ShouldBeLessThanOrEqualTo(input.DurationSeconds);
                    (clip.End - clip.Start).ShouldBeLessThanOrEqualTo(90 + Tolerance);
                    clip.Score.ShouldBeInRange(0, 1);
                    clip.Score.ShouldBe(clip.Contributions.Values.Sum(), 0.001);
                    clip.Reason.ShouldNotBeNullOrWhiteSpace();
                    last = clip.End;
                }
            }
        );

    [Fact]
    public void No_clip_begins_or_ends_inside_a_word() =>
        Inputs.Sample(
            (input, count) =>
            {
                var words = input.Sentences.SelectMany(sentence => sentence.Words).ToArray();
                foreach (var edge in Edges(Select(input, count)))
                    words.ShouldNotContain(word => word.Start < edge - Tolerance && edge + Tolerance < word.End);
            }
        );

    [Fact]
    public void No_clip_begins_or_ends_inside_a_voice_if_nothing_was_understood() =>
        Inputs
            .Where(t => !t.Item1.IsSpoken)
            .Sample(
                (input, count) =>
                {
                    // Words may join voices to more than a clip can hold.
                    var words = input
                        .Sentences.SelectMany(sentence => sentence.Words)
                        .Select(word => new TimeRange(word.Start, word.End))
                        .ToArray();
                    var voices = input.Voices.Where(voice => !words.Any(voice.Overlaps)).ToArray();
                    foreach (var edge in Edges(Select(input, count)).Where(edge => edge > 0))
                        if (edge < input.DurationSeconds)
                            voices.ShouldNotContain(voice =>
                                voice.Start < edge - Tolerance && edge + Tolerance < voice.End
                            );
                }
            );

    [Fact]
    public void An_edge_of_a_spoken_clip_lies_in_a_silence_if_there_is_one_beside_its_words() =>
        Inputs
            .Where(t => t.Item1.IsSpoken && t.Item1.DurationSeconds > 8)
            .Sample(
                (input, count) =>
                {
                    foreach (var clip in Select(input, count).Highlights)
                    {
                        var first = input.Sentences.FirstOrDefault(s => s.Start >= clip.Start - Tolerance);
                        if (first is null || first.Start >= clip.End)
                            continue; // The whole source, which holds no whole sentence.
                        var before = input.Sentences.LastOrDefault(s => s.End <= clip.Start + Tolerance)?.End ?? 0;
                        var near = input.Silences.Where(silence =>
                            silence.Overlaps(
                                new TimeRange(Math.Max(before, first.Start - ClipEdges.Reach), first.Start)
                            )
                        );
                        if (near.Any() && clip.Start > 0)
                            input.Silences.ShouldContain(silence =>
                                silence.Start <= clip.Start + Tolerance && clip.Start <= silence.End + Tolerance
                            );
                    }
                }
            );

    [Fact]
    public void Clips_and_removed_regions_cover_the_timeline_without_overlap() =>
        Inputs.Sample(
            (input, count) =>
            {
                var selected = Select(input, count);
                var all = selected
                    .Highlights.Select(clip => (clip.Start, clip.End))
                    .Concat(selected.Removed.Select(region => (region.Start, region.End)))
                    .Order()
                    .ToArray();
                all[0].Start.ShouldBe(0);
                all[^1].End.ShouldBe(input.DurationSeconds);
                foreach (var (a, b) in all.Zip(all.Skip(1)))
                    b.Start.ShouldBe(a.End);
                selected.Removed.ShouldAllBe(region => region.End > region.Start && region.Reason.Length > 0);
            }
        );

    [Fact]
    public void The_same_facts_give_the_same_bytes() =>
        Inputs.Sample(
            (input, count) => EventTypes.Write(Select(input, count)).ShouldBe(EventTypes.Write(Select(input, count)))
        );

    [Fact]
    public void A_measure_that_weighs_more_never_costs_the_segment_that_has_most_of_it_its_rank() =>
        Gen.Select(Gen.Double[0, 1].Array[2].Array[2, 8], Gen.Double[0.05, 1], Gen.Double[0.05, 1], Gen.Double[0, 1])
            .Sample(
                (values, a, b, more) =>
                {
                    var best = Enumerable.Range(0, values.Length).MaxBy(i => values[i][0]);
                    Rank(a + more).ShouldBeLessThanOrEqualTo(Rank(a));

                    int Rank(double weight)
                    {
                        var weights = new SelectionWeights(
                            "test",
                            new Dictionary<string, double> { ["x"] = weight, ["y"] = b },
                            Nearness: 0,
                            SameSegment: 0
                        );
                        var scores = values.Select(v =>
                            weights
                                .Contributions(new Dictionary<string, double> { ["x"] = v[0], ["y"] = v[1] })
                                .Values.Sum()
                        );
                        var own = scores.ElementAt(best);
                        return scores.Count(score => score > own + 1e-5);
                    }
                }
            );

    private static HighlightsSelected Select(SelectionInput input, int count) =>
        HighlightSelection.Select(input, SelectionWeights.V1, new SelectionOptions(count));

    private static IEnumerable<double> Edges(HighlightsSelected selected) =>
        selected.Highlights.SelectMany(clip => new[] { clip.Start, clip.End });

    /// <summary>Talks and films: words that come in sentences or not at all, silences that may or may not lie between them.</summary>
    private static readonly Gen<(SelectionInput, int)> Inputs =
        from duration in Gen.Double[0.3, 900]
        from words in Gen.Select(Gen.Double[0, 2.5], Gen.Double[0.05, 0.9], Gen.Int[0, 8]).Array[0, 250]
        from silences in Gen.Select(Gen.Double[0, 1], Gen.Double[0.05, 3]).Array[0, 30]
        from cuts in Gen.Double[0, 1].Array[0, 20]
        from voices in Gen.Select(Gen.Double[0, 4], Gen.Double[0.1, 14]).Array[0, 40]
        from audio in Gen.Bool
        from count in Gen.Int[1, 20]
        select (Input(duration, words, silences, cuts, voices, audio), count);

    private static SelectionInput Input(
        double duration,
        (double Pause, double Length, int Kind)[] words,
        (double At, double Length)[] silences,
        double[] cutsAt,
        (double Pause, double Length)[] heard,
        bool audio
    )
    {
        var said = new List<TranscriptWord>();
        var time = 0.0;
        foreach (var (pause, length, kind) in words)
        {
            time += kind == 0 ? pause : pause / 20;
            said.Add(new TranscriptWord(time, time + length, kind == 0 ? "end." : $"word{kind}", 1, false));
            time += length;
        }
        var sentences = Sentence.Split([new TranscriptSegment(0, time, "", 1, said)], duration);
        var silent = silences
            .Select(s => new TimeRange(s.At * duration, Math.Min(duration, s.At * duration + s.Length)))
            .OrderBy(range => range.Start)
            .Aggregate(
                new List<TimeRange>(),
                (regions, range) =>
                {
                    if (regions.Count == 0 || range.Start > regions[^1].End)
                        regions.Add(range);
                    return regions;
                }
            );
        var cuts = cutsAt
            .Select(at => new SceneCut(at * duration, 50, SceneCutKind.Cut))
            .OrderBy(cut => cut.Time)
            .ToArray();
        var voices = new List<TimeRange>();
        foreach (var (pause, length) in heard)
        {
            var start = (voices is [.., var before] ? before.End : 0) + pause;
            if (start + length > duration)
                break;
            voices.Add(new TimeRange(start, start + length));
        }
        var measured = new SoundAndPicture(duration, audio, HasVideo: true, silent, cuts, []);
        var spoken = sentences.Sum(sentence => sentence.End - sentence.Start) > 0.1 * duration;
        return new SelectionInput(
            duration,
            spoken
                ? new SegmentsAnalyzed(
                    "spoken",
                    ["speech"],
                    new Talk(sentences, measured, TextLanguage.Of("en")).Segments()
                )
                : new SegmentsAnalyzed("silent", ["scenes"], SilentSegments.Of(measured)),
            sentences,
            silent,
            cuts,
            voices,
            "en"
        );
    }
}
