using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text;
using EventPipeline.GraphQL.Telemetry;
using EventPipeline.GraphQL.Tests.Http;
using EventPipeline.GraphQL.Types;

namespace EventPipeline.GraphQL.Tests.Telemetry;

/// <summary>What OpenTelemetry is told. Other tests run at the same time, so that names tell whose spans these are.</summary>
public sealed class TelemetryTests
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Operations_and_slow_resolvers_have_spans()
    {
        var ended = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == GraphQLTelemetry.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = ended.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        await using var server = await StartAsync();

        await AskAsync(server, "query TracedOperation { tracedFast tracedSlow tracedFails }");

        var operation = ended.Single(activity => activity.DisplayName == "query TracedOperation");
        operation.GetTagItem("graphql.operation.type").ShouldBe("query");
        operation.GetTagItem("graphql.outcome").ShouldBe("errors");
        var slow = ended.Single(activity => activity.DisplayName.Contains("traced"));
        slow.DisplayName.ShouldBe("resolve Query.tracedSlow");
        slow.GetTagItem("graphql.field.path").ShouldBe("tracedSlow");
        slow.ParentSpanId.ShouldBe(operation.SpanId);
        slow.Duration.ShouldBeGreaterThan(TimeSpan.FromMilliseconds(100));
    }

    [Fact]
    public async Task Operations_are_counted_with_their_time_and_what_became_of_them()
    {
        var measured = new ConcurrentQueue<string>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, it) =>
        {
            if (instrument.Meter.Name == GraphQLTelemetry.Name)
                it.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Note(instrument, value, tags));
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Note(instrument, value, tags));
        listener.Start();
        await using var server = await StartAsync();

        await AskAsync(server, "{ tracedFast }");
        await AskAsync(server, "{ tracedFails }");
        await AskAsync(server, "{ unknown }");
        await AskAsync(server, "{ __schema { types { name } } }");

        string[] expected =
        [
            "graphql.server.operation.duration graphql.operation.type=query graphql.outcome=ok",
            "graphql.server.operation.duration graphql.operation.type=query graphql.outcome=errors",
            "graphql.server.refused graphql.reason=INVALID_DOCUMENT",
            "graphql.server.refused graphql.reason=INTROSPECTION_DISABLED",
        ];
        expected.ShouldBeSubsetOf(measured);

        void Note(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            value.ShouldBeGreaterThanOrEqualTo(-1);
            measured.Enqueue(
                $"{instrument.Name} {string.Join(' ', tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}"))}"
            );
        }
    }

    private static Task<TestServer> StartAsync()
    {
        var text = BuiltInScalars.String;
        var query = new ObjectType(
            "Query",
            () =>
                [
                    new Field("tracedFast", text, resolver: _ => Task.FromResult("")),
                    new Field("tracedFails", text, resolver: _ => throw new InvalidOperationException("x")),
                    new Field("tracedSlow", text, resolver: context => WaitAsync(context.Cancellation)),
                ]
        );
        return TestServer.StartAsync(schema: new Schema(query));
    }

    private static async Task<string> WaitAsync(CancellationToken cancellation)
    {
        await Task.Delay(150, cancellation);
        return "";
    }

    private static async Task AskAsync(TestServer server, string query)
    {
        using var content = new StringContent($$"""{"query": "{{query}}"}""", Encoding.UTF8, "application/json");
        (await server.Client.PostAsync(server.Url, content, Now)).EnsureSuccessStatusCode();
    }
}
