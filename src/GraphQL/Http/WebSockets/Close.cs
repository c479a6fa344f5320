using System.Net.WebSockets;
using System.Text;

namespace EventPipeline.GraphQL.Http.WebSockets;

/// <summary>Why a WebSocket is closed: the codes of the protocol graphql-transport-ws.</summary>
/// <param name="Code">What programs read.</param>
/// <param name="Reason">What people read.</param>
internal sealed record Close(int Code, string Reason)
{
    private const int LongestReason = 123; // bytes, as RFC 6455 has it

    public static Close Normal { get; } = new((int)WebSocketCloseStatus.NormalClosure, "");

    public static Close GoingAway { get; } = new((int)WebSocketCloseStatus.EndpointUnavailable, "The server stops.");

    public static Close TooLarge { get; } = new((int)WebSocketCloseStatus.MessageTooBig, "The message is too large.");

    /// <summary>Clients come back after this one.</summary>
    public static Close TooSlow { get; } = new(1013, "The client reads too slowly.");

    public static Close Unauthorized { get; } = new(4401, "Unauthorized");

    public static Close Forbidden { get; } = new(4403, "Forbidden");

    public static Close WrongProtocol { get; } = new(4406, "Subprotocol not acceptable");

    public static Close InitTimeout { get; } = new(4408, "Connection initialisation timeout");

    public static Close TooManyInits { get; } = new(4429, "Too many initialisation requests");

    public static Close Failed { get; } = new(4500, "Internal server error");

    public WebSocketCloseStatus Status => (WebSocketCloseStatus)Code;

    public static Close Invalid(string reason) => new(4400, reason);

    public static Close IdInUse(string id) => new(4409, Cut($"Subscriber for {id} already exists"));

    private static string Cut(string reason)
    {
        while (Encoding.UTF8.GetByteCount(reason) > LongestReason)
            reason = reason[..^1];
        return reason;
    }
}
