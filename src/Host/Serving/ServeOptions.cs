using System.CommandLine;

namespace EventPipeline.Host.Serving;

/// <summary>How the API is served.</summary>
/// <param name="Port">On loopback.</param>
/// <param name="Introspection">Whether clients may ask for the schema: only this machine reaches the server.</param>
/// <param name="Workers">Whether this process works too; without, it is one more node of the API.</param>
/// <param name="GraphiQL">Whether browsers get a page to try the API out.</param>
/// <param name="CorsOrigins">Origins whose pages may use the API, such as that of a development server.</param>
internal sealed record ServeOptions(
    int Port,
    bool Introspection,
    bool Workers,
    bool GraphiQL,
    IReadOnlyList<string> CorsOrigins
)
{
    private const int DefaultPort = 8000;

    /// <summary>The command that serves, with its options.</summary>
    public static Command Command(Settings settings)
    {
        var port = new Option<int>("--port")
        {
            Description = "Port on loopback for GraphQL, files and health checks.",
            DefaultValueFactory = _ => DefaultPort,
        };
        var introspection = new Option<bool>("--introspection")
        {
            Description = "Whether clients may ask for the schema; only this machine reaches the server.",
            DefaultValueFactory = _ => true,
        };
        var workers = new Option<bool>("--workers")
        {
            Description = "Whether this process works too; without, it is one more node of the API.",
            DefaultValueFactory = _ => true,
        };
        var graphiQL = new Option<bool>("--graphiql")
        {
            Description = "Whether browsers get GraphiQL, a page to try the API out.",
            DefaultValueFactory = _ => true,
        };
        var corsOrigin = new Option<string[]>("--cors-origin")
        {
            Description =
                "An origin, such as http://127.0.0.1:5173, whose pages may use the API; may be given several times.",
            DefaultValueFactory = _ => [],
        };
        corsOrigin.Validators.Add(result =>
        {
            foreach (var token in result.Tokens)
            {
                if (!IsOrigin(token.Value))
                    result.AddError($"'{token.Value}' is not an origin; one is http://127.0.0.1:5173, without a path.");
            }
        });
        var command = new Command("serve", "Serves the GraphQL API and runs all workers until it is stopped.")
        {
            port,
            introspection,
            workers,
            graphiQL,
            corsOrigin,
        };
        command.SetAction(
            (parsed, cancellation) =>
                ServeCommand.RunAsync(
                    settings,
                    new ServeOptions(
                        parsed.GetValue(port),
                        parsed.GetValue(introspection),
                        parsed.GetValue(workers),
                        parsed.GetValue(graphiQL),
                        parsed.GetRequiredValue(corsOrigin)
                    ),
                    cancellation
                )
        );
        return command;
    }

    private static bool IsOrigin(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri)
        && string.Equals(uri.GetLeftPart(UriPartial.Authority), text, StringComparison.Ordinal);
}
