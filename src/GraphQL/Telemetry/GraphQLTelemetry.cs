using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using EventPipeline.GraphQL.Execution;
using EventPipeline.GraphQL.Language;
using EventPipeline.GraphQL.Types;

namespace EventPipeline.GraphQL.Telemetry;

/// <summary>What the engine tells OpenTelemetry: a span for each operation and for each slow resolver, and how many operations there were
/// and how long they took. Nothing is measured that nobody listens to.</summary>
public static class GraphQLTelemetry
{
    /// <summary>The name under which spans and measurements are found.</summary>
    public const string Name = "EventPipeline.GraphQL";

    private static readonly ActivitySource Source = new(Name);
    private static readonly Meter Meter = new(Name);

    private static readonly Histogram<double> Duration = Meter.CreateHistogram<double>(
        "graphql.server.operation.duration",
        "s",
        "How long operations took; of subscriptions, how long they took to start."
    );

    private static readonly Counter<long> Refusals = Meter.CreateCounter<long>(
        "graphql.server.refused",
        description: "Requests that were not executed, by the code of the reason."
    );

    private static readonly UpDownCounter<long> Subscriptions = Meter.CreateUpDownCounter<long>(
        "graphql.server.subscriptions",
        description: "Subscriptions that are open."
    );

    private static readonly Counter<long> Events = Meter.CreateCounter<long>(
        "graphql.server.events",
        description: "Results of subscriptions."
    );

    internal static bool HasListeners => Source.HasListeners();

    /// <summary>Begins an operation; whoever has it executed says how it went.</summary>
    internal static OperationTrace Begin(PreparedOperation operation) => new(operation, Source);

    internal static void Ended(OperationNode operation, TimeSpan duration, string outcome) =>
        Duration.Record(
            duration.TotalSeconds,
            new KeyValuePair<string, object?>("graphql.operation.type", operation.Kind.Keyword()),
            new KeyValuePair<string, object?>("graphql.outcome", outcome)
        );

    /// <summary>Counts requests that have no operation. Only codes of ours are told apart: what clients write has no end.</summary>
    internal static void Refused(IReadOnlyList<GraphQLError> errors)
    {
        var code = errors is [{ Extensions: { } extensions }, ..] ? extensions.GetValueOrDefault("code") : null;
        Refusals.Add(1, new KeyValuePair<string, object?>("graphql.reason", code ?? "INVALID_DOCUMENT"));
    }

    /// <summary>The results of a subscription, which is counted while it is open.</summary>
    internal static async IAsyncEnumerable<ExecutionResult> CountAsync(
        IAsyncEnumerable<ExecutionResult> results,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        Subscriptions.Add(1);
        try
        {
            await foreach (var result in results.WithCancellation(cancellation))
            {
                Events.Add(1);
                yield return result;
            }
        }
        finally
        {
            Subscriptions.Add(-1);
        }
    }

    /// <summary>Tells of a resolver that took long, after it has ended.</summary>
    internal static void WasSlow(Field field, ResponsePath path, TimeSpan duration)
    {
        var end = TimeProvider.System.GetUtcNow();
        using var activity = Source.StartActivity(
            $"resolve {field}",
            ActivityKind.Internal,
            Activity.Current?.Context ?? default,
            startTime: end - duration
        );
        activity?.SetTag("graphql.field.path", path.ToString()).SetEndTime(end.UtcDateTime);
    }
}

/// <summary>An operation while it is traced.</summary>
internal readonly struct OperationTrace(PreparedOperation operation, ActivitySource source)
{
    private readonly long began = Stopwatch.GetTimestamp();
    private readonly Activity? activity = Start(operation.Operation, source);

    /// <summary>Says that it has a result, or none yet because it has just begun.</summary>
    public void End(ExecutionResult? result)
    {
        var outcome = result switch
        {
            { HasData: false } => "refused",
            { Errors.Count: > 0 } => "errors",
            _ => "ok",
        };
        GraphQLTelemetry.Ended(operation.Operation, Stopwatch.GetElapsedTime(began), outcome);
        activity
            ?.SetTag("graphql.outcome", outcome)
            .SetStatus(outcome == "ok" ? ActivityStatusCode.Ok : ActivityStatusCode.Error);
        activity?.Dispose();
    }

    /// <summary>Says that it has none, because the client has left or for a mistake of this server.</summary>
    public void Abandon()
    {
        GraphQLTelemetry.Ended(operation.Operation, Stopwatch.GetElapsedTime(began), "abandoned");
        activity?.SetStatus(ActivityStatusCode.Error).Dispose();
    }

    private static Activity? Start(OperationNode operation, ActivitySource source)
    {
        if (!source.HasListeners())
            return null;
        var (kind, name) = (operation.Kind.Keyword(), operation.Name?.Value);
        var started = source.StartActivity(name is null ? kind : $"{kind} {name}", ActivityKind.Internal);
        return started?.SetTag("graphql.operation.type", kind).SetTag("graphql.operation.name", name);
    }
}
