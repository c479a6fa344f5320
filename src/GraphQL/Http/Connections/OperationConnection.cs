using System.Threading.Channels;
using EventPipeline.GraphQL.Execution;
using EventPipeline.GraphQL.Language;
using Microsoft.Extensions.DependencyInjection;

namespace EventPipeline.GraphQL.Http.Connections;

/// <summary>Why an operation was not started.</summary>
internal enum StartProblem
{
    /// <summary>It was started.</summary>
    None,

    /// <summary>Another one has its id.</summary>
    IdInUse,

    /// <summary>The connection has as many as it may.</summary>
    TooMany,
}

/// <summary>The operations that share a connection, and the messages that wait to be sent over it. Of these there are only so many: while
/// the client does not read, operations wait.</summary>
internal sealed class OperationConnection : IAsyncDisposable
{
    private readonly GraphQLServer server;
    private readonly IServiceScopeFactory scopes;
    private readonly Channel<Outgoing> outgoing;
    private readonly CancellationTokenSource closing;
    private readonly Lock gate = new();
    private readonly Dictionary<string, ActiveOperation> active = new(StringComparer.Ordinal);
    private readonly HashSet<ActiveOperation> running = [];

    /// <param name="server">What is served.</param>
    /// <param name="scopes">Each operation has services of its own.</param>
    /// <param name="left">Cancelled when the client has left.</param>
    /// <param name="stopped">Cancelled when the server stops.</param>
    public OperationConnection(
        GraphQLServer server,
        IServiceScopeFactory scopes,
        CancellationToken left = default,
        CancellationToken stopped = default
    )
    {
        (this.server, this.scopes) = (server, scopes);
        closing = CancellationTokenSource.CreateLinkedTokenSource(left, stopped);
        Closing = closing.Token;
        outgoing = Channel.CreateBounded<Outgoing>(
            new BoundedChannelOptions(server.Options.Connections.SendQueue) { SingleReader = true }
        );
    }

    /// <summary>What is to be sent.</summary>
    public ChannelReader<Outgoing> Messages => outgoing.Reader;

    /// <summary>Cancelled when nothing more is to be sent.</summary>
    public CancellationToken Closing { get; }

    /// <summary>Waits for room in the queue, and then says something.</summary>
    public ValueTask SendAsync(Outgoing message) => outgoing.Writer.WriteAsync(message, Closing);

    /// <summary>Starts an operation; its messages will come.</summary>
    /// <param name="id">What the client calls it.</param>
    /// <param name="operation">The operation.</param>
    /// <returns>Whether it was started, and the answer if there are too many.</returns>
    /// <exception cref="OperationCanceledException">The connection is closing.</exception>
    public (StartProblem Problem, ExecutionResult? Refused) Start(string id, ServedOperation operation)
    {
        lock (gate)
        {
            Closing.ThrowIfCancellationRequested();
            if (active.ContainsKey(id))
                return (StartProblem.IdInUse, null);
            if (TooMany(operation) is { } refused)
                return (StartProblem.TooMany, refused);
            var started = new ActiveOperation(id, operation, CancellationTokenSource.CreateLinkedTokenSource(Closing));
            active.Add(id, started);
            running.Add(started);
            started.Running = Task.Run(() => CarryAsync(started), CancellationToken.None);
            return (StartProblem.None, null);
        }
    }

    /// <summary>Whether an operation of this id runs.</summary>
    public bool Has(string id)
    {
        lock (gate)
            return active.ContainsKey(id);
    }

    /// <summary>Stops an operation, if it still runs. Nothing more of it is sent.</summary>
    public void Stop(string id)
    {
        ActiveOperation? stopped;
        lock (gate)
            active.Remove(id, out stopped);
        try
        {
            stopped?.Stopping.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has just ended by itself.
        }
    }

    /// <summary>Stops all operations.</summary>
    public void Close() => closing.Cancel();

    /// <summary>Stops all operations and waits for them.</summary>
    public async ValueTask DisposeAsync()
    {
        await closing.CancelAsync();
        Task[] rest;
        lock (gate)
            rest = [.. running.Select(operation => operation.Running)];
        await Task.WhenAll(rest);
        closing.Dispose();
    }

    private ExecutionResult? TooMany(ServedOperation operation)
    {
        var limits = server.Options.Connections;
        if (active.Count >= limits.MaximumOperations)
        {
            return ExecutionResult.Refused(
                GraphQLError.WithCode(
                    $"This connection already has the {limits.MaximumOperations} operations that are allowed.",
                    "TOO_MANY_OPERATIONS"
                )
            );
        }
        if (!IsSubscription(operation))
            return null;
        return active.Values.Count(one => IsSubscription(one.Operation)) < limits.MaximumSubscriptions
            ? null
            : ExecutionResult.Refused(
                GraphQLError.WithCode(
                    $"This connection already has the {limits.MaximumSubscriptions} subscriptions that are allowed.",
                    "TOO_MANY_SUBSCRIPTIONS"
                )
            );
    }

    private static bool IsSubscription(ServedOperation operation) => operation.Kind == OperationKind.Subscription;

    private async Task CarryAsync(ActiveOperation operation)
    {
        try
        {
            var last = await RunAsync(operation, operation.Stopping.Token);
            // The client may use the id again as soon as it hears of the end.
            Remove(operation);
            await SendAsync(last);
        }
        catch (OperationCanceledException) when (operation.IsStopped)
        {
            // Nobody waits for the rest.
        }
        finally
        {
            Remove(operation);
            operation.Stopping.Dispose();
            lock (gate)
                running.Remove(operation);
        }
    }

    /// <summary>Sends all results but the last word, which it returns.</summary>
    private async Task<Outgoing> RunAsync(ActiveOperation operation, CancellationToken stopping)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            if (!IsSubscription(operation.Operation))
            {
                var result = await server.ExecuteAsync(operation.Operation, scope.ServiceProvider, stopping);
                return await SendAsync(operation, result) ?? Outgoing.Of(operation, OutgoingKind.Complete);
            }
            var (results, refused) = server.Subscribe(operation.Operation, scope.ServiceProvider, stopping);
            if (results is null)
                return Outgoing.Of(operation, OutgoingKind.Error, refused);
            await foreach (var result in results)
            {
                if (await SendAsync(operation, result) is { } end)
                    return end;
            }
            return Outgoing.Of(operation, OutgoingKind.Complete);
        }
        catch (Exception exception) when (!operation.IsStopped)
        {
            return Outgoing.Of(operation, OutgoingKind.Error, server.Masked(exception));
        }
    }

    /// <returns>The last word if there is no data.</returns>
    private async Task<Outgoing?> SendAsync(ActiveOperation operation, ExecutionResult result)
    {
        if (!result.HasData)
            return Outgoing.Of(operation, OutgoingKind.Error, result);
        operation.Stopping.Token.ThrowIfCancellationRequested();
        await outgoing.Writer.WriteAsync(Outgoing.Of(operation, OutgoingKind.Next, result), operation.Stopping.Token);
        return null;
    }

    private void Remove(ActiveOperation operation)
    {
        lock (gate)
        {
            if (active.TryGetValue(operation.Id, out var known) && ReferenceEquals(known, operation))
                active.Remove(operation.Id);
        }
    }
}
