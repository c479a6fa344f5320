using EventPipeline.Contracts;
using EventPipeline.Processors.Engines.Outside;
using Polly.CircuitBreaker;

namespace EventPipeline.Processors.Tests.Engines.Outside;

/// <summary>An outage of an engine costs waiting, and neither attempts nor load.</summary>
public sealed class OutsideEngineTests
{
    private static readonly OutsideEngineOptions Quick = new(TimeSpan.FromSeconds(30))
    {
        FirstBreak = TimeSpan.FromMilliseconds(500),
        Patience = TimeSpan.FromSeconds(30),
    };

    private readonly List<string> said = [];
    private int asked;
    private bool isUp = true;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_call_waits_for_an_engine_that_failed_again_and_again_and_succeeds_when_it_is_back()
    {
        var engine = new OutsideEngine("service", Quick);
        isUp = false;
        await FailsAsync(engine);
        await FailsAsync(engine);
        engine.Status.Circuit.ShouldBe(CircuitState.Open);
        engine.Status.Failures.ShouldBe(2);

        var waiting = engine.CallAsync(
            AskAsync,
            activity =>
            {
                said.Add(activity);
                isUp = true;
            },
            Cancellation
        );
        asked.ShouldBe(2, "it is left alone");
        (await waiting).ShouldBe("answer");

        said[0].ShouldBe("waiting for the service, which fails");
        engine.Status.Circuit.ShouldBe(CircuitState.Closed);
        engine.Status.Waiting.ShouldBe(0);
    }

    [Fact]
    public async Task A_wait_ends_with_the_patience_and_a_reason()
    {
        var engine = new OutsideEngine("service", Quick with { Patience = TimeSpan.Zero });
        isUp = false;
        await FailsAsync(engine);
        await FailsAsync(engine);
        (await FailsAsync(engine)).Message.ShouldBe("The service has failed again and again, and did not come back.");
        asked.ShouldBe(2);
    }

    [Fact]
    public async Task A_retry_has_to_be_earned_by_ten_successes()
    {
        var engine = new OutsideEngine("service", Quick);
        for (var success = 0; success < 11; success++)
            await engine.CallAsync(AskAsync, null, Cancellation);
        asked = 0;
        isUp = false;

        await FailsAsync(engine);
        asked.ShouldBe(2, "one was saved");
        await FailsAsync(engine);
        asked.ShouldBe(3, "and is spent");
        engine.Status.Retries.ShouldBe(1);
    }

    [Fact]
    public async Task A_call_that_takes_too_long_is_ended_and_counts_as_a_failure()
    {
        var engine = new OutsideEngine("service", Quick with { TimeLimit = TimeSpan.FromMilliseconds(50) });
        var late = await Should.ThrowAsync<StageException>(() =>
            engine.CallAsync(
                async token =>
                {
                    await Task.Delay(Timeout.InfiniteTimeSpan, token);
                    return "never";
                },
                null,
                Cancellation
            )
        );
        late.Kind.ShouldBe(FailureKind.Transient);
        late.Message.ShouldContain("took longer");
        engine.Status.Failures.ShouldBe(1);
    }

    [Fact]
    public async Task What_is_wrong_with_the_question_says_nothing_of_the_engine()
    {
        var engine = new OutsideEngine("service", Quick);
        for (var call = 0; call < 5; call++)
            await Should.ThrowAsync<StageException>(() =>
                engine.CallAsync<string>(_ => throw StageException.Permanent("No such model."), null, Cancellation)
            );
        engine.Status.Circuit.ShouldBe(CircuitState.Closed);
        engine.Status.Failures.ShouldBe(0);
    }

    private Task<StageException> FailsAsync(OutsideEngine engine) =>
        Should.ThrowAsync<StageException>(() => engine.CallAsync(AskAsync, null, Cancellation));

    private Task<string> AskAsync(CancellationToken cancellation)
    {
        asked++;
        return isUp ? Task.FromResult("answer") : throw StageException.Transient("It does not work.");
    }
}
