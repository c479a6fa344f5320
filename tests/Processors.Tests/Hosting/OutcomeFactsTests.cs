using CsCheck;
using EventPipeline.Contracts;
using EventPipeline.Processors.Hosting;

namespace EventPipeline.Processors.Tests.Hosting;

public sealed class OutcomeFactsTests
{
    [Fact]
    public void What_stays_in_an_outcome_fits_into_a_message_and_no_small_fact_is_sent_away_for_nothing() =>
        Gen.Int[1, 400_000]
            .List[0, 12]
            .Sample(sizes =>
            {
                var replaced = OutcomeFacts.TooLarge(sizes);
                var kept = Enumerable.Range(0, sizes.Count).Except(replaced).Select(index => sizes[index]).ToList();

                kept.ShouldAllBe(size => size <= OutcomeFacts.FactByteLimit);
                kept.Sum().ShouldBeLessThanOrEqualTo(OutcomeFacts.OutcomeByteLimit);
                if (sizes.Sum() <= OutcomeFacts.OutcomeByteLimit)
                    replaced.ShouldAllBe(index => sizes[index] > OutcomeFacts.FactByteLimit);
            });

    [Fact]
    public void The_input_hash_changes_with_everything_that_a_stage_may_look_at_and_with_nothing_else()
    {
        var input = new StageInput("probe", "video", Work.Nothing with { Sha256 = new string('1', 64) });
        var work = Work.Of("features", null, input);
        WorkItem[] others =
        [
            work with
            {
                Stage = "other",
            },
            work with
            {
                Item = new Item("chunk-0001", new TimeRange(1, 2)),
            },
            work with
            {
                Source = Work.Nothing with { Sha256 = new string('2', 64) },
            },
            work with
            {
                Inputs = [input with { Item = "other" }],
            },
            work with
            {
                Inputs = [],
            },
            work with
            {
                Options = new JobOptions(Language: "de"),
            },
        ];

        var hashes = others
            .Select(other => OutcomeFacts.InputHash(other, "1"))
            .Append(OutcomeFacts.InputHash(work, "2"));

        hashes.Append(OutcomeFacts.InputHash(work, "1")).ShouldBeUnique();
        OutcomeFacts
            .InputHash(work with { JobId = Guid.Empty, Attempt = 7, Priority = JobPriority.High }, "1")
            .ShouldBe(OutcomeFacts.InputHash(work, "1"));
    }
}
