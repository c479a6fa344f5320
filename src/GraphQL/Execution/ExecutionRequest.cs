using System.Text.Json;
using EventPipeline.GraphQL.Limits;
using EventPipeline.GraphQL.Types;

namespace EventPipeline.GraphQL.Execution;

/// <summary>What one client asks along with an operation.</summary>
/// <param name="Variables">A JSON object, or nothing.</param>
/// <param name="Root">The object whose fields are selected at the top.</param>
/// <param name="Services">Where resolvers find what they need; it has to live until execution has ended.</param>
/// <param name="IsTrusted">Whether the operation may cost what it likes.</param>
public sealed record ExecutionRequest(
    JsonElement Variables = default,
    object? Root = null,
    IServiceProvider? Services = null,
    bool IsTrusted = false
);

/// <summary>How operations are executed.</summary>
public sealed record ExecutionOptions
{
    /// <summary>As a schema with resolvers and bound types needs it.</summary>
    public static ExecutionOptions Default { get; } = new();

    /// <summary>The name of the object type of a value where the schema says only an interface or a union. Null for the type that the
    /// schema binds to the CLR type of the value, or to the nearest of its base types.</summary>
    public Func<object, CompositeType, string?>? TypeOf { get; init; }

    /// <summary>How fields without a resolver are resolved; null if there are none of these.</summary>
    public FieldResolver? Resolver { get; init; }

    /// <summary>Where the events of fields come from that do not say it; null if there are none of these.</summary>
    public SubscriptionResolver? Subscribe { get; init; }

    /// <summary>Is told of every exception that a client sees only as an unexpected error.</summary>
    public Action<UnexpectedError>? OnUnexpectedError { get; init; }

    /// <summary>How much an operation may cost; null for anything.</summary>
    public OperationLimits? Limits { get; init; }

    /// <summary>How long an asynchronous resolver may take before it is traced with a span of its own.</summary>
    public TimeSpan SlowResolver { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Leaves out "Did you mean" where variables are wrong.</summary>
    public bool HideSuggestions { get; init; }
}

/// <summary>An exception that is not for the client.</summary>
/// <param name="Exception">What was thrown.</param>
/// <param name="CorrelationId">What the client sees of it.</param>
/// <param name="Field">The field.</param>
/// <param name="Path">Its place in the response.</param>
public sealed record UnexpectedError(Exception Exception, string CorrelationId, Field Field, ResponsePath Path);
