using EventPipeline.Contracts;
using EventPipeline.Domain.Jobs;

namespace EventPipeline.Domain.Tests.Jobs;

public sealed class PipelineRulesTests
{
    public static readonly TheoryData<string, PipelineStage[]> Malformed = new()
    {
        { "Pipeline test has no stages.", [] },
        { "A stage of pipeline test has no name.", [new(" ", [])] },
        { "Stage a needs b, which does not come before it.", [new("a", ["b"]), new("b", [])] },
        { "Stage a needs a, which does not come before it.", [new("a", ["a"])] },
        { "Stage b needs a stage twice.", [new("a", []), new("b", ["a", "a"])] },
        { "Stage b runs for each item of a, but does not need it.", [new("a", []), new("b", [], ForEach: "a")] },
        { "Stage a must be allowed at least one attempt.", [new("a", [], MaximumAttempts: 0)] },
        { "Stage a needs a positive lease and a backoff that is not negative.", [new("a", [], LeaseSeconds: 0)] },
        {
            "Stage a needs a positive lease and a backoff that is not negative.",
            [new("a", [], BackoffSeconds: double.NaN)]
        },
        { "Stage a is there twice.", [new("a", []), new("a", [])] },
    };

    [Theory]
    [MemberData(nameof(Malformed))]
    public void A_malformed_pipeline_is_refused_with_the_rule_that_it_breaks(string rule, PipelineStage[] stages) =>
        new JobScenario().Decide(JobScenario.Start(stages)).Refusal.ShouldBe(new InputInvalid("pipeline", rule));

    [Fact]
    public void The_pipelines_of_the_product_are_well_formed()
    {
        foreach (var pipeline in Pipelines.All.Values)
            PipelineRules.Broken(pipeline).ShouldBeNull();
    }
}
