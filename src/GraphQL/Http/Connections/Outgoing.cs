using System.Text.Json;
using EventPipeline.GraphQL.Execution;

namespace EventPipeline.GraphQL.Http.Connections;

/// <summary>What a connection tells its client.</summary>
internal enum OutgoingKind
{
    /// <summary>A result of an operation.</summary>
    Next,

    /// <summary>The errors that end an operation.</summary>
    Error,

    /// <summary>An operation has ended.</summary>
    Complete,

    /// <summary>The connection is accepted.</summary>
    Acknowledge,

    /// <summary>The answer to a ping.</summary>
    Pong,
}

/// <summary>A message that waits to be sent.</summary>
/// <param name="Kind">What it says.</param>
/// <param name="Id">Which operation it is about, if about one.</param>
/// <param name="Result">A result, or errors.</param>
/// <param name="Payload">What a ping has brought.</param>
/// <param name="Operation">The operation, if it was started.</param>
internal readonly record struct Outgoing(
    OutgoingKind Kind,
    string? Id = null,
    ExecutionResult? Result = null,
    JsonElement Payload = default,
    ActiveOperation? Operation = null
)
{
    /// <summary>Whether the client does not want it any more.</summary>
    public bool IsStopped => Operation?.IsStopped == true;

    public static Outgoing Of(ActiveOperation operation, OutgoingKind kind, ExecutionResult? result = null) =>
        new(kind, operation.Id, result, Operation: operation);
}

/// <summary>An operation that a connection carries.</summary>
/// <param name="id">What the client calls it.</param>
/// <param name="operation">The operation.</param>
/// <param name="stopping">Cancelled when the client stops it or has left.</param>
internal sealed class ActiveOperation(string id, ServedOperation operation, CancellationTokenSource stopping)
{
    public string Id => id;

    public ServedOperation Operation => operation;

    public CancellationTokenSource Stopping => stopping;

    public bool IsStopped => stopping.IsCancellationRequested;

    /// <summary>Ends after the last message of the operation has found its place in the queue.</summary>
    public Task Running { get; set; } = Task.CompletedTask;
}
