using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;
using EventPipeline.GraphQL.Http.Connections;
using Microsoft.AspNetCore.Http;

namespace EventPipeline.GraphQL.Http.EventStreams;

/// <summary>Server-sent events in the mode of graphql-sse in which one stream carries many operations, because browsers open only few
/// connections over HTTP/1. A client reserves a stream, opens it, and starts and stops operations by requests of their own.</summary>
internal sealed class Reservations(GraphQLServer server, EventStreamTransport transport)
{
    private const string TokenHeader = "X-GraphQL-Event-Stream-Token";
    private readonly ConcurrentDictionary<string, Reservation> reserved = new(StringComparer.Ordinal);

    /// <summary>The token of a request; null if it has nothing to do with reservations.</summary>
    public static string? TokenOf(HttpRequest request) =>
        request.Headers[TokenHeader] is [{ Length: > 0 } header, ..] ? header
        : request.Query["token"] is [{ Length: > 0 } parameter, ..] ? parameter
        : null;

    /// <summary>Reserves a stream, and says its token.</summary>
    public async Task ReserveAsync(HttpContext context)
    {
        if (reserved.Count >= server.Options.Connections.MaximumReservations)
        {
            await HttpTransport.WriteAsync(context, RequestError.TooManyReservations, ResponseFormat.Json);
            return;
        }
        var token = RandomNumberGenerator.GetHexString(32, lowercase: true);
        var reservation = new Reservation(transport.Connect(CancellationToken.None));
        reserved[token] = reservation;
        _ = ExpireAsync(token, reservation);
        context.Response.StatusCode = StatusCodes.Status201Created;
        context.Response.ContentType = "text/plain; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        await context.Response.WriteAsync(token, context.RequestAborted);
    }

    /// <summary>Opens the stream of a token.</summary>
    public async Task OpenAsync(HttpContext context, string token)
    {
        if (!reserved.TryGetValue(token, out var reservation))
        {
            await HttpTransport.WriteAsync(context, RequestError.NoReservation, ResponseFormat.Json);
            return;
        }
        if (!reservation.TryOpen())
        {
            await HttpTransport.WriteAsync(context, RequestError.AlreadyOpen, ResponseFormat.Json);
            return;
        }
        try
        {
            await using var left = context.RequestAborted.Register(reservation.Connection.Close);
            await transport.SendAllAsync(context, reservation.Connection, hasIds: true);
        }
        finally
        {
            await EndAsync(token, reservation);
        }
    }

    /// <summary>Starts an operation whose results come over the stream of a token.</summary>
    public async Task StartAsync(HttpContext context, string token, GraphQLRequest request, ResponseFormat format)
    {
        var problem =
            !reserved.TryGetValue(token, out var reservation) ? RequestError.NoReservation
            : OperationId(request) is not { } given ? RequestError.NoOperationId
            : reservation.Connection.Has(given) ? RequestError.OperationIdInUse
            : null;
        if (problem is not null)
        {
            await HttpTransport.WriteAsync(context, problem, format);
            return;
        }
        var (operation, refused) = server.Prepare(request, server.MayIntrospect(context));
        if (operation is not null)
        {
            var (start, tooMany) = reservation!.Connection.Start(OperationId(request)!, operation);
            if (start == StartProblem.None)
            {
                context.Response.StatusCode = StatusCodes.Status202Accepted;
                return;
            }
            refused = tooMany ?? RequestError.OperationIdInUse.Result;
        }
        await HttpTransport.WriteAsync(context, refused!, ResponseFormat.GraphQLResponse);
    }

    /// <summary>Stops an operation.</summary>
    public async Task StopAsync(HttpContext context, string? token)
    {
        if (token is null || !reserved.TryGetValue(token, out var reservation))
        {
            await HttpTransport.WriteAsync(context, RequestError.NoReservation, ResponseFormat.Json);
            return;
        }
        if (context.Request.Query["operationId"] is not [{ Length: > 0 } id, ..])
        {
            await HttpTransport.WriteAsync(context, RequestError.NoOperationId, ResponseFormat.Json);
            return;
        }
        reservation.Connection.Stop(id);
        context.Response.StatusCode = StatusCodes.Status200OK;
    }

    private static string? OperationId(GraphQLRequest request) =>
        request.Extensions.ValueKind == JsonValueKind.Object
        && request.Extensions.TryGetProperty("operationId", out var id)
        && id.ValueKind == JsonValueKind.String
            ? id.GetString()
            : null;

    private async Task ExpireAsync(string token, Reservation reservation)
    {
        var timeout = server.Options.Connections.ReservationTimeout;
        await Task.WhenAny(Task.Delay(timeout, reservation.Connection.Closing));
        if (reservation.TryOpen())
            await EndAsync(token, reservation);
    }

    private async Task EndAsync(string token, Reservation reservation)
    {
        reserved.TryRemove(token, out _);
        await reservation.Connection.DisposeAsync();
    }

    private sealed class Reservation(OperationConnection connection)
    {
        private int isOpen;

        public OperationConnection Connection => connection;

        /// <summary>Opens it, once.</summary>
        public bool TryOpen() => Interlocked.Exchange(ref isOpen, 1) == 0;
    }
}
