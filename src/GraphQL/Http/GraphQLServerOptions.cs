using EventPipeline.GraphQL.Execution;
using EventPipeline.GraphQL.Http.Connections;
using EventPipeline.GraphQL.Http.GraphiQL;
using EventPipeline.GraphQL.Http.Persisted;
using EventPipeline.GraphQL.Language;
using EventPipeline.GraphQL.Limits;
using Microsoft.AspNetCore.Http;

namespace EventPipeline.GraphQL.Http;

/// <summary>How a schema is served. What is not set is safe for strangers.</summary>
public sealed class GraphQLServerOptions
{
    /// <summary>How operations are executed. Unexpected errors are logged in any case.</summary>
    public ExecutionOptions Execution { get; set; } = ExecutionOptions.Default;

    /// <summary>How large documents may be.</summary>
    public ParserOptions Parser { get; set; } = new(MaximumTokens: 10_000, MaximumDepth: 100);

    /// <summary>How much one operation may ask for. Trusted documents are not limited.</summary>
    public OperationLimits Limits { get; set; } = OperationLimits.Default;

    /// <summary>Documents that clients name instead of sending them.</summary>
    public PersistedOperationOptions PersistedOperations { get; } = new();

    /// <summary>How many prepared operations are kept.</summary>
    public int PreparedOperations { get; set; } = 1000;

    /// <summary>How many bytes the body of a request or a message of a WebSocket may have.</summary>
    public int MaximumBodySize { get; set; } = 1024 * 1024;

    /// <summary>Who may introspect the schema and is told what names are similar to wrong ones; nobody but developers if not set.</summary>
    public Func<HttpContext, bool>? AllowIntrospection { get; set; }

    /// <summary>A page for developers, for browsers that open the address; none if not set.</summary>
    public GraphiQLOptions? GraphiQL { get; set; }

    /// <summary>What WebSockets and streams of server-sent events may do.</summary>
    public ConnectionOptions Connections { get; } = new();

    /// <summary>Origins such as <c>https://app.example.com</c> whose pages may use this server besides its own.</summary>
    public ISet<string> AllowedOrigins { get; } = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
}
