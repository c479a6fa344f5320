using CsCheck;
using EventPipeline.Contracts;
using EventPipeline.Processors.Stages.Transcribe;

namespace EventPipeline.Processors.Tests.Stages.Transcribe;

public sealed class SpeechChunksTests
{
    private const double Tolerance = 1e-6;

    private static readonly Gen<TimeRange[]> Regions = Gen.Select(Gen.Double[0, 3], Gen.Double[0.25, 40])
        .Array[0, 60]
        .Select(steps =>
        {
            var time = 0.0;
            return steps
                .Select(step =>
                {
                    var start = time + step.Item1;
                    time = start + step.Item2;
                    return new TimeRange(start, time);
                })
                .ToArray();
        });

    [Fact]
    public void Every_region_is_covered_and_pieces_are_in_order_and_apart() =>
        Regions.Sample(regions =>
        {
            var pieces = SpeechChunks.Plan(regions).SelectMany(chunk => chunk.Pieces).ToArray();
            for (var i = 1; i < pieces.Length; i++)
                pieces[i].Start.ShouldBeGreaterThanOrEqualTo(pieces[i - 1].End);
            foreach (var region in regions)
                pieces
                    .Where(piece => piece.Overlaps(region))
                    .Sum(piece => Math.Min(piece.End, region.End) - Math.Max(piece.Start, region.Start))
                    .ShouldBe(region.Duration, Tolerance);
        });

    [Fact]
    public void No_piece_and_no_chunk_is_too_long() =>
        Regions.Sample(regions =>
        {
            foreach (var chunk in SpeechChunks.Plan(regions))
            {
                chunk.Pieces.ShouldNotBeEmpty();
                foreach (var piece in chunk.Pieces)
                    piece.Duration.ShouldBeInRange(Tolerance, SpeechChunks.LongestPieceSeconds + Tolerance);
                chunk
                    .Pieces.Sum(piece => piece.Duration)
                    .ShouldBeLessThanOrEqualTo(SpeechChunks.ChunkSeconds + Tolerance);
            }
        });

    [Fact]
    public void Two_chunks_in_a_row_could_not_have_been_one() =>
        Regions.Sample(regions =>
        {
            var chunks = SpeechChunks.Plan(regions);
            for (var i = 1; i < chunks.Count; i++)
                (chunks[i - 1].Pieces.Sum(piece => piece.Duration) + chunks[i].Pieces[0].Duration).ShouldBeGreaterThan(
                    SpeechChunks.ChunkSeconds - Tolerance
                );
            chunks.Select(chunk => chunk.Name).ShouldBeUnique();
        });

    [Fact]
    public void Short_gaps_are_joined_and_long_ones_are_not()
    {
        var chunk = SpeechChunks.Plan([new(1, 3), new(3.5, 6), new(7, 9), new(9.2, 22)]).ShouldHaveSingleItem();
        chunk.Name.ShouldBe("chunk-0001");
        chunk.Pieces.ShouldBe([new(1, 6), new(7, 9), new(9.2, 22)]);
        chunk.Range.ShouldBe(new TimeRange(1, 22));
    }

    [Fact]
    public void No_speech_is_no_work() => SpeechChunks.Plan([]).ShouldBeEmpty();
}
