using System.Buffers;
using System.Net.WebSockets;
using System.Text.Json;
using EventPipeline.GraphQL.Http.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace EventPipeline.GraphQL.Http.WebSockets;

/// <summary>One WebSocket from its first message to its end. One loop receives, another sends, and whoever finds a reason first closes.</summary>
internal sealed class WebSocketConnection(
    GraphQLServer server,
    HttpContext context,
    WebSocket socket,
    IServiceScopeFactory scopes
)
{
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(5);

    private readonly ConnectionOptions options = server.Options.Connections;
    private readonly TaskCompletionSource<Close> ending = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly bool mayIntrospect = server.MayIntrospect(context);
    private bool isInitialised;
    private bool isAcknowledged;

    /// <summary>Serves the client until it leaves, breaks the protocol, reads too slowly, or the server stops.</summary>
    /// <param name="refusal">Why it is not served at all; null if it is.</param>
    /// <param name="stopping">Cancelled when the server stops or the client is gone.</param>
    public async Task RunAsync(Close? refusal, CancellationToken stopping)
    {
        if (refusal is not null)
            ending.TrySetResult(refusal);
        await using var stop = stopping.Register(() => ending.TrySetResult(Close.GoingAway));
        Task receiving,
            sending;
        var connection = new OperationConnection(server, scopes);
        await using (connection)
        {
            (receiving, sending) = (ReceiveAllAsync(connection), SendAllAsync(connection));
            await using var patience = new Timer(
                _ => EndIfNotInitialised(),
                null,
                options.InitTimeout,
                Timeout.InfiniteTimeSpan
            );
            await ending.Task;
        }
        await SayFarewellAsync(await ending.Task, receiving, sending);
    }

    private void EndIfNotInitialised()
    {
        if (!Volatile.Read(ref isInitialised))
            ending.TrySetResult(Close.InitTimeout);
    }

    private async Task SayFarewellAsync(Close close, Task receiving, Task sending)
    {
        using var patience = new CancellationTokenSource(Farewell);
        try
        {
            // Until the message that was on its way has left.
            await sending.WaitAsync(patience.Token);
            if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
                await socket.CloseOutputAsync(close.Status, close.Reason, patience.Token);
            await receiving.WaitAsync(patience.Token);
        }
        catch (Exception exception) when (exception is OperationCanceledException or WebSocketException or IOException)
        {
            // It will not be heard.
        }
        socket.Abort();
        await Task.WhenAll(receiving, sending);
    }

    private async Task ReceiveAllAsync(OperationConnection connection)
    {
        using var reader = new WebSocketReader(socket, server.Options.MaximumBodySize);
        try
        {
            while (true)
            {
                var (message, close) = await reader.ReadAsync();
                close ??= ending.Task.IsCompleted ? Close.Normal : await HandleAsync(connection, message);
                if (close is null)
                    continue;
                ending.TrySetResult(close);
                await reader.ReadToCloseAsync();
                return;
            }
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException or IOException)
        {
            ending.TrySetResult(Close.Normal); // the client is gone
        }
        catch (Exception exception)
        {
            server.Masked(exception);
            ending.TrySetResult(Close.Failed);
        }
    }

    private async ValueTask<Close?> HandleAsync(OperationConnection connection, ReadOnlySequence<byte> text)
    {
        var (message, problem) = Incoming.Read(text);
        if (message is null)
            return Close.Invalid(problem!);
        try
        {
            switch (message.Type)
            {
                case "connection_init":
                    return await InitialiseAsync(connection, message.Payload);
                case "ping":
                    await connection.SendAsync(new Outgoing(OutgoingKind.Pong, Payload: message.Payload));
                    return null;
                case "subscribe":
                    return await StartAsync(connection, message.Id!, message.Payload);
                case "complete":
                    connection.Stop(message.Id!);
                    return null;
                default:
                    return null;
            }
        }
        catch (OperationCanceledException) when (connection.Closing.IsCancellationRequested)
        {
            return Close.Normal;
        }
    }

    private async ValueTask<Close?> InitialiseAsync(OperationConnection connection, JsonElement payload)
    {
        if (isInitialised)
            return Close.TooManyInits;
        Volatile.Write(ref isInitialised, value: true);
        if (options.Accept is { } accept && !await accept(context, payload))
            return Close.Forbidden;
        isAcknowledged = true;
        await connection.SendAsync(new Outgoing(OutgoingKind.Acknowledge));
        return null;
    }

    private async ValueTask<Close?> StartAsync(OperationConnection connection, string id, JsonElement payload)
    {
        if (!isAcknowledged)
            return Close.Unauthorized;
        if (connection.Has(id))
            return Close.IdInUse(id);
        var (request, error) = GraphQLRequest.Read(payload);
        if (request is null)
            return Close.Invalid(error!.Message);
        var (operation, refused) = server.Prepare(request, mayIntrospect);
        if (operation is not null)
        {
            (var problem, refused) = connection.Start(id, operation);
            if (problem == StartProblem.None)
                return null;
        }
        await connection.SendAsync(new Outgoing(OutgoingKind.Error, id, refused));
        return null;
    }

    private async Task SendAllAsync(OperationConnection connection)
    {
        var buffer = new ArrayBufferWriter<byte>();
        try
        {
            while (true)
            {
                var message = await connection.Messages.ReadAsync(connection.Closing);
                if (message.IsStopped)
                    continue;
                Messages.Write(buffer, message);
                var sending = socket
                    .SendAsync(
                        buffer.WrittenMemory,
                        WebSocketMessageType.Text,
                        endOfMessage: true,
                        CancellationToken.None
                    )
                    .AsTask();
                if (
                    !sending.IsCompleted
                    && await Task.WhenAny(sending, Task.Delay(options.SendTimeout, context.RequestAborted)) != sending
                )
                    ending.TrySetResult(Close.TooSlow);
                await sending;
                buffer.ResetWrittenCount();
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or WebSocketException or IOException)
        {
            ending.TrySetResult(Close.Normal); // the client is gone, or nothing more is to be said
        }
        catch (Exception exception)
        {
            server.Masked(exception);
            ending.TrySetResult(Close.Failed);
        }
    }
}
