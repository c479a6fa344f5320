using EventPipeline.GraphQL.Execution;
using Microsoft.AspNetCore.Http;

namespace EventPipeline.GraphQL.Http;

/// <summary>Why a request is refused before there is an operation to look at.</summary>
/// <param name="Status">The status of HTTP.</param>
/// <param name="Code">What programs read, in the extensions of the error.</param>
/// <param name="Message">A sentence for the developer of the client.</param>
internal sealed record RequestError(int Status, string Code, string Message)
{
    public ExecutionResult Result => ExecutionResult.Refused(GraphQLError.WithCode(Message, Code));

    public static RequestError BadRequest(string message) =>
        new(StatusCodes.Status400BadRequest, "BAD_REQUEST", message);

    public static RequestError Batching { get; } =
        new(
            StatusCodes.Status400BadRequest,
            "BATCHING_NOT_SUPPORTED",
            "Several operations in one request are not supported. Send a request for each."
        );

    public static RequestError Method { get; } =
        new(
            StatusCodes.Status405MethodNotAllowed,
            "METHOD_NOT_ALLOWED",
            "Use GET or POST, or PUT and DELETE for streams of server-sent events."
        );

    public static RequestError NotByGet { get; } =
        new(
            StatusCodes.Status405MethodNotAllowed,
            "METHOD_NOT_ALLOWED",
            "Mutations are not executed by GET. Use POST."
        );

    public static RequestError NotAcceptable { get; } =
        new(
            StatusCodes.Status406NotAcceptable,
            "NOT_ACCEPTABLE",
            "Accept application/graphql-response+json, application/json or text/event-stream."
        );

    public static RequestError NeedsStream { get; } =
        new(
            StatusCodes.Status406NotAcceptable,
            "SUBSCRIPTION_NEEDS_STREAM",
            "Subscriptions need a stream: accept text/event-stream, or use the WebSocket protocol graphql-transport-ws."
        );

    public static RequestError MediaType { get; } =
        new(
            StatusCodes.Status415UnsupportedMediaType,
            "UNSUPPORTED_MEDIA_TYPE",
            "The body has to be application/json in UTF-8, without Content-Encoding."
        );

    public static RequestError CrossSite { get; } =
        new(
            StatusCodes.Status403Forbidden,
            "CROSS_SITE_REQUEST",
            "Pages of other sites may not send this request. Send the header GraphQL-Preflight, so that the browser asks first."
        );

    public static RequestError ForeignOrigin { get; } =
        new(StatusCodes.Status403Forbidden, "FOREIGN_ORIGIN", "Pages of this origin may not use this server.");

    public static RequestError NoReservation { get; } =
        new(StatusCodes.Status404NotFound, "NO_RESERVATION", "There is no stream of this token. Reserve one with PUT.");

    public static RequestError TooManyReservations { get; } =
        new(StatusCodes.Status503ServiceUnavailable, "TOO_MANY_STREAMS", "The server has as many streams as it may.");

    public static RequestError AlreadyOpen { get; } =
        new(StatusCodes.Status409Conflict, "STREAM_ALREADY_OPEN", "The stream of this token is already open.");

    public static RequestError NoOperationId { get; } =
        BadRequest("\"extensions.operationId\" is missing: what the stream calls the operation.");

    public static RequestError OperationIdInUse { get; } =
        new(StatusCodes.Status409Conflict, "OPERATION_ID_IN_USE", "An operation of this id runs already.");

    public static RequestError TooLarge(int maximum) =>
        new(
            StatusCodes.Status413PayloadTooLarge,
            "BODY_TOO_LARGE",
            $"The body has more than the {maximum} bytes that are allowed."
        );
}
