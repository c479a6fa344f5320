using System.Collections.Concurrent;
using EventPipeline.Projections.Jobs;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace EventPipeline.Api.Live;

/// <summary>How fast the stages of pipelines were lately, learned anew once a minute.</summary>
public sealed partial class Paces(JobQueries jobs, TimeProvider time, ILogger<Paces>? logger = null) : IDisposable
{
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(1);
    private static readonly IReadOnlyDictionary<string, double> None = new Dictionary<string, double>();

    private readonly ILogger logger = logger ?? NullLogger<Paces>.Instance;
    private readonly SemaphoreSlim gate = new(1);
    private readonly ConcurrentDictionary<string, Known> known = new(StringComparer.Ordinal);

    /// <inheritdoc />
    public void Dispose() => gate.Dispose();

    /// <summary>Working seconds per second of media, by stage; of before while the read models cannot be asked.</summary>
    internal async ValueTask<IReadOnlyDictionary<string, double>> OfAsync(
        string pipeline,
        CancellationToken cancellation
    )
    {
        if (IsFresh(pipeline) is { } paces)
            return paces;
        await gate.WaitAsync(cancellation);
        try
        {
            if (IsFresh(pipeline) is { } learned)
                return learned;
            var fresh = await jobs.PacesAsync(pipeline, cancellation);
            known[pipeline] = new Known(fresh, time.GetTimestamp());
            return fresh;
        }
        catch (NpgsqlException failure) when (!cancellation.IsCancellationRequested)
        {
            LogUnknown(failure, pipeline);
            var before = known.GetValueOrDefault(pipeline)?.Paces ?? None;
            known[pipeline] = new Known(before, time.GetTimestamp());
            return before;
        }
        finally
        {
            gate.Release();
        }
    }

    private IReadOnlyDictionary<string, double>? IsFresh(string pipeline) =>
        known.TryGetValue(pipeline, out var found) && time.GetElapsedTime(found.At) < Fresh ? found.Paces : null;

    [LoggerMessage(LogLevel.Warning, "How fast {Pipeline} was cannot be asked; jobs are estimated by what was known.")]
    private partial void LogUnknown(Exception failure, string pipeline);

    private sealed record Known(IReadOnlyDictionary<string, double> Paces, long At);
}
