using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace EventPipeline.TestSupport;

/// <summary>A log that a test reads.</summary>
public sealed class RecordedLog<T> : ILogger<T>
{
    private readonly ConcurrentQueue<string> lines = [];

    /// <summary>What was said so far, of every level.</summary>
    public IReadOnlyCollection<string> Lines => lines;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter
    ) => lines.Enqueue(formatter(state, exception));
}
