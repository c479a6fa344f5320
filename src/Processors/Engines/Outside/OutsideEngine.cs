using System.Diagnostics.Metrics;
using EventPipeline.Contracts;
using Polly;
using Polly.CircuitBreaker;
using Polly.Timeout;

namespace EventPipeline.Processors.Engines.Outside;

/// <summary>How an engine that runs elsewhere is called.</summary>
/// <param name="TimeLimit">Longest time of one call.</param>
public sealed record OutsideEngineOptions(TimeSpan TimeLimit)
{
    /// <summary>How long it is left alone after it failed again and again. Doubles as long as it goes on, up to a minute.</summary>
    public TimeSpan FirstBreak { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a call waits for it to come back, before the attempt fails.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(10);
}

/// <summary>What is known of an outside engine.</summary>
/// <param name="Circuit">Closed while all is well; open while it is left alone; half-open while one call tries it.</param>
/// <param name="Calls">Begun since the start, with retries.</param>
/// <param name="Failures">Of these, failed in a way that trying again may help.</param>
/// <param name="Retries">Of these, done because the one before failed.</param>
/// <param name="Waiting">Calls that wait for it to come back.</param>
public sealed record OutsideEngineStatus(
    string Name,
    CircuitState Circuit,
    long Calls,
    long Failures,
    long Retries,
    int Waiting
);

/// <summary>An engine that runs elsewhere and may be slow, busy or gone. A call has a time limit. A failure is tried again here only as far as
/// earlier successes paid for it (one for ten), so an engine in trouble gets no extra load. If most calls fail it is left alone for a
/// while, and calls wait: an outage does not use up the attempts of the work that comes in meanwhile.</summary>
public sealed class OutsideEngine
{
    private const double EarnedBySuccess = 0.1;
    private const double MostSaved = 5;
    private static readonly TimeSpan LongestBreak = TimeSpan.FromMinutes(1);
    private static readonly Meter Meter = new("EventPipeline.Engines");

    private readonly CircuitBreakerStateProvider circuit = new();
    private readonly ResiliencePipeline pipeline;
    private readonly OutsideEngineOptions options;
    private readonly TimeProvider clock;
    private readonly Lock gate = new();
    private double savedRetries;
    private long calls;
    private long failures;
    private long retries;
    private int waiting;

    /// <param name="name">As people know it, for example <c>speech service</c>.</param>
    public OutsideEngine(string name, OutsideEngineOptions options, TimeProvider? clock = null)
    {
        Name = name;
        this.options = options;
        this.clock = clock ?? TimeProvider.System;
        pipeline = Build();
        var tag = new KeyValuePair<string, object?>("engine", name);
        Meter.CreateObservableGauge(
            "eventpipeline.engine.circuit",
            () => new Measurement<int>((int)circuit.CircuitState, tag),
            description: "0 closed, 1 open, 2 half-open"
        );
        Meter.CreateObservableCounter(
            "eventpipeline.engine.calls",
            () => new Measurement<long>(Interlocked.Read(ref calls), tag),
            "{call}"
        );
        Meter.CreateObservableCounter(
            "eventpipeline.engine.failures",
            () => new Measurement<long>(Interlocked.Read(ref failures), tag),
            "{call}"
        );
        Meter.CreateObservableCounter(
            "eventpipeline.engine.retries",
            () => new Measurement<long>(Interlocked.Read(ref retries), tag),
            "{call}"
        );
    }

    /// <summary>As people know it.</summary>
    public string Name { get; }

    /// <summary>What is known of it now.</summary>
    public OutsideEngineStatus Status =>
        new(
            Name,
            circuit.CircuitState,
            Interlocked.Read(ref calls),
            Interlocked.Read(ref failures),
            Interlocked.Read(ref retries),
            Volatile.Read(ref waiting)
        );

    /// <summary>Calls it.</summary>
    /// <param name="call">The call. A transient <see cref="StageException"/> is what counts as a failure of the engine.</param>
    /// <param name="says">Is told, in a few words, that it is waited for.</param>
    /// <exception cref="StageException">The call's own, or a transient one: it took too long, or did not come back in time.</exception>
    public async Task<T> CallAsync<T>(
        Func<CancellationToken, Task<T>> call,
        Action<string>? says,
        CancellationToken cancellation
    )
    {
        var since = clock.GetTimestamp();
        while (true)
        {
            try
            {
                return await pipeline.ExecuteAsync(async token => await CountedAsync(call, token), cancellation);
            }
            catch (TimeoutRejectedException late)
            {
                throw TookTooLong(late);
            }
            catch (BrokenCircuitException open)
            {
                var pause = Max(open.RetryAfter ?? TimeSpan.Zero, options.FirstBreak / 5);
                if (clock.GetElapsedTime(since) + pause > options.Patience)
                    throw StageException.Transient(
                        $"The {Name} has failed again and again, and did not come back.",
                        open
                    );
                says?.Invoke($"waiting for the {Name}, which fails");
                await PauseAsync(pause, cancellation);
            }
        }
    }

    private async Task<T> CountedAsync<T>(Func<CancellationToken, Task<T>> call, CancellationToken cancellation)
    {
        Interlocked.Increment(ref calls);
        try
        {
            var result = await call(cancellation);
            lock (gate)
                savedRetries = Math.Min(MostSaved, savedRetries + EarnedBySuccess);
            return result;
        }
        catch (StageException failure) when (failure.Kind == FailureKind.Transient)
        {
            Interlocked.Increment(ref failures);
            throw;
        }
    }

    private ResiliencePipeline Build()
    {
        var isFailure = new PredicateBuilder()
            .Handle<StageException>(failure => failure.Kind == FailureKind.Transient)
            .Handle<TimeoutRejectedException>();
        return new ResiliencePipelineBuilder { TimeProvider = clock }
            .AddRetry(
                new()
                {
                    ShouldHandle = new PredicateBuilder().Handle<StageException>(failure =>
                        failure.Kind == FailureKind.Transient && TakeRetry()
                    ),
                    MaxRetryAttempts = 1,
                    Delay = TimeSpan.FromMilliseconds(500),
                    UseJitter = true,
                    OnRetry = _ =>
                    {
                        Interlocked.Increment(ref retries);
                        return default;
                    },
                }
            )
            .AddCircuitBreaker(
                new()
                {
                    // Two failures without a success between them, or two of three.
                    ShouldHandle = isFailure,
                    FailureRatio = 0.6,
                    MinimumThroughput = 2,
                    SamplingDuration = TimeSpan.FromSeconds(30),
                    StateProvider = circuit,
                    BreakDurationGenerator = broken => new ValueTask<TimeSpan>(
                        Min(LongestBreak, options.FirstBreak * Math.Pow(2, Math.Min(broken.HalfOpenAttempts, 10)))
                    ),
                }
            )
            .AddTimeout(
                new TimeoutStrategyOptions
                {
                    Timeout = options.TimeLimit,
                    OnTimeout = _ =>
                    {
                        Interlocked.Increment(ref failures);
                        return default;
                    },
                }
            )
            .Build();
    }

    private bool TakeRetry()
    {
        lock (gate)
        {
            if (savedRetries < 1)
                return false;
            savedRetries--;
            return true;
        }
    }

    private async Task PauseAsync(TimeSpan pause, CancellationToken cancellation)
    {
        Interlocked.Increment(ref waiting);
        try
        {
            await Task.Delay(pause, clock, cancellation);
        }
        finally
        {
            Interlocked.Decrement(ref waiting);
        }
    }

    private StageException TookTooLong(Exception late) =>
        StageException.Transient(
            $"The {Name} took longer than {options.TimeLimit.TotalSeconds:0.#} s to answer.",
            late
        );

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;
}

/// <summary>The outside engines of this node; none if all of them run on it.</summary>
public sealed record OutsideEngines(IReadOnlyList<OutsideEngine> All)
{
    /// <summary>What is known of them now.</summary>
    public IReadOnlyList<OutsideEngineStatus> Status => [.. All.Select(engine => engine.Status)];
}
