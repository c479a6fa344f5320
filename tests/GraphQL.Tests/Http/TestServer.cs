using EventPipeline.GraphQL.Http;
using EventPipeline.GraphQL.Types;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace EventPipeline.GraphQL.Tests.Http;

/// <summary>A real server on a free port of loopback.</summary>
public sealed class TestServer : IAsyncDisposable
{
    private readonly WebApplication application;

    private TestServer(WebApplication application, LogLines log) => (this.application, Log) = (application, log);

    public string Url => $"{application.Urls.Single()}/graphql";

    public Uri SocketUrl => new(Url.Replace("http://", "ws://"));

    public HttpClient Client { get; } = new();

    /// <summary>What the server has logged as a warning or worse.</summary>
    public LogLines Log { get; }

    public static async Task<TestServer> StartAsync(
        Action<GraphQLServerOptions>? configure = null,
        Schema? schema = null,
        string environment = "Production"
    )
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = environment });
        var log = new LogLines();
        builder.Logging.ClearProviders().AddProvider(log).SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddGraphQLServer(_ => schema ?? TestSchema.Create(), configure);
        var started = builder.Build();
        started.MapGraphQL();
        await started.StartAsync();
        return new TestServer(started, log);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await application.DisposeAsync();
    }
}

/// <summary>Keeps what is logged.</summary>
public sealed class LogLines : ILoggerProvider, ILogger
{
    private readonly List<string> lines = [];

    public IReadOnlyList<string> All
    {
        get
        {
            lock (lines)
                return [.. lines];
        }
    }

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter
    )
    {
        lock (lines)
            lines.Add($"{formatter(state, exception)} {exception?.Message}");
    }

    public void Dispose() { }
}
