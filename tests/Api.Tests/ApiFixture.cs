using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using EventPipeline.Api.Access;
using EventPipeline.Api.Live;
using EventPipeline.Api.Reading;
using EventPipeline.Api.Videos;
using EventPipeline.Contracts;
using EventPipeline.Deciding;
using EventPipeline.EventStore;
using EventPipeline.GraphQL.Execution;
using EventPipeline.GraphQL.Language;
using EventPipeline.GraphQL.Types;
using EventPipeline.Objects;
using EventPipeline.Projections;
using EventPipeline.Projections.Tests;
using EventPipeline.TestSupport;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using EventLog = EventPipeline.EventStore.EventLog;

namespace EventPipeline.Api.Tests;

/// <summary>The schema over a log and read models in a database of their own.</summary>
internal sealed class ApiFixture : IAsyncDisposable
{
    public static readonly Schema Schema = Configuration.BuildSchema([
        .. Enumerable.Range(0, 32).Select(it => (byte)it),
    ]);

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(90);

    private readonly OperationCache operations = new(Schema, ParserOptions.Default);
    private readonly TestSupport.TemporaryFolder folder = new();
    private readonly CancellationTokenSource stop = new();
    private readonly NpgsqlDataSource dataSource;
    private readonly FolderObjectStore objects;
    private readonly List<string> unexpected = [];
    private readonly OwnedEvents events;
    private readonly Paces paces;
    private readonly Task following;

    private ApiFixture(NpgsqlDataSource dataSource)
    {
        this.dataSource = dataSource;
        objects = new FolderObjectStore(folder.Path);
        Log = new EventLog(dataSource, new EventLogOptions());
        ReadModels = new ReadModels(dataSource, Log, objects, new ReadModelOptions(), TimeProvider.System);
        Live = new LiveLog(Log);
        events = new OwnedEvents(Live);
        paces = new Paces(ReadModels.Jobs, TimeProvider.System);
        following = FollowAsync();
    }

    public EventLog Log { get; }

    public ReadModels ReadModels { get; }

    public LiveLog Live { get; }

    /// <summary>What workers report.</summary>
    public ProgressReports Reports { get; } = new();

    /// <summary>What lies in the object store.</summary>
    public Dictionary<string, ArtifactReference> Files { get; } = [];

    public static async Task<ApiFixture> CreateAsync() =>
        new(EventLogDataSource.Create(await (await PostgresServer.SharedAsync()).CreateDatabaseAsync()));

    /// <summary>Appends a job and its video, and waits until the read models have them.</summary>
    /// <returns>The position of the last event.</returns>
    public async Task<Position> AppendAsync(params History[] histories)
    {
        await ReadModels.EnsureSchemaAsync(CancellationToken.None);
        var position = Position.Start;
        foreach (var history in histories)
        {
            if ((await Log.LoadAsync(history.VideoId, CancellationToken.None)).Count == 0)
                await Log.AppendAsync(
                    [History.Registered(history.VideoId, Caller.Local.OwnerId)],
                    CancellationToken.None
                );
            var append = new StreamAppend(history.JobId, "job", 0, history.New);
            position = (await Log.AppendAsync([append], CancellationToken.None))[^1].Position;
        }
        (await ReadModels.WaitForAsync(position, Deadline, CancellationToken.None)).ShouldBeTrue();
        return position;
    }

    /// <summary>Asks, and expects no errors.</summary>
    public async Task<JsonNode> AskAsync(string text, object? variables = null, Caller? caller = null)
    {
        var response = await RespondAsync(text, variables, caller);
        response["errors"].ShouldBeNull();
        return response["data"]!;
    }

    /// <summary>Asks, and gives the only error.</summary>
    public async Task<string> ErrorAsync(string text, object? variables = null)
    {
        var response = await RespondAsync(text, variables);
        var error = response["errors"]!.AsArray().ShouldHaveSingleItem()!;
        return $"{error["extensions"]?["code"]} {error["message"]}".Trim();
    }

    /// <summary>How many statements an operation sends to the database; several may go in one round trip.</summary>
    public async Task<int> CountStatementsAsync(string text) =>
        (await TextsOfStatementsAsync(text))
            .SelectMany(it => it.Split('\n'))
            .Count(line => line.StartsWith("select ", StringComparison.Ordinal));

    /// <summary>What an operation sends to the database. The text of statements which go together is theirs, one after the other.</summary>
    public async Task<IReadOnlyCollection<string>> TextsOfStatementsAsync(string text)
    {
        using var parent = new Activity("counted").Start();
        var trace = parent.TraceId;
        var texts = new ConcurrentQueue<string>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Npgsql",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity =>
            {
                // Opening a connection is an activity too; it has no text.
                if (activity.TraceId == trace && activity.GetTagItem("db.query.text") is string sent)
                    texts.Enqueue(sent);
            },
        };
        ActivitySource.AddActivityListener(listener);
        await AskAsync(text);
        return texts;
    }

    public async Task<JsonNode> RespondAsync(string text, object? variables = null, Caller? caller = null)
    {
        await using var services = ServicesFor(caller);
        var (operation, request) = Prepare(text, variables, services);
        var result = await Executor().ExecuteAsync(operation, request, TestContext.Current.CancellationToken);
        unexpected.ShouldBeEmpty();
        return Read(result);
    }

    /// <summary>Subscribes, and gives the responses until they end or nobody takes them any more.</summary>
    public async IAsyncEnumerable<JsonNode> SubscribeAsync(
        string text,
        object? variables = null,
        Caller? caller = null,
        [EnumeratorCancellation] CancellationToken cancellation = default
    )
    {
        using var left = CancellationTokenSource.CreateLinkedTokenSource(
            cancellation,
            TestContext.Current.CancellationToken
        );
        await using var services = ServicesFor(caller);
        var (operation, request) = Prepare(text, variables, services);
        var (results, refused) = Executor().Subscribe(operation, request, left.Token);
        if (results is null)
        {
            yield return Read(refused!);
            yield break;
        }
        await foreach (var result in results)
        {
            unexpected.ShouldBeEmpty();
            yield return Read(result);
        }
    }

    /// <summary>The next items of a subscription, as its only field has them.</summary>
    public static async Task<List<JsonNode>> TakeAsync(IAsyncEnumerator<JsonNode> responses, int count)
    {
        var items = new List<JsonNode>();
        while (items.Count < count)
        {
            (await responses.MoveNextAsync().AsTask().WaitAsync(Deadline)).ShouldBeTrue("there is another item");
            responses.Current["errors"].ShouldBeNull();
            items.Add(responses.Current["data"]!.AsObject().Single().Value!);
        }
        return items;
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await following;
        stop.Dispose();
        paces.Dispose();
        Live.Dispose();
        await dataSource.DisposeAsync();
        objects.Dispose();
        folder.Dispose();
    }

    private ServiceProvider ServicesFor(Caller? caller) =>
        new ServiceCollection()
            .AddSingleton(caller ?? Caller.Local)
            .AddSingleton<ArtifactLinks>(artifact => new Uri($"http://files/{artifact.Key}"))
            .AddSingleton<FindFile>((key, _) => Task.FromResult(Files.GetValueOrDefault(key)))
            .AddSingleton(new Commands(Log, TimeProvider.System))
            .AddSingleton(TimeProvider.System)
            .AddSingleton(Live)
            .AddSingleton(events)
            .AddSingleton(Reports)
            .AddSingleton(paces)
            .AddSingleton(ReadModels)
            .AddSingleton(ReadModels.Jobs)
            .AddSingleton(ReadModels.Videos)
            .AddSingleton(ReadModels.Transcripts)
            .AddSingleton(ReadModels.Findings)
            .BuildServiceProvider();

    private Executor Executor() =>
        new(new ExecutionOptions { OnUnexpectedError = error => unexpected.Add($"{error.Exception}") });

    private (PreparedOperation Operation, ExecutionRequest Request) Prepare(
        string text,
        object? variables,
        IServiceProvider services
    )
    {
        var (operation, errors) = operations.Prepare(text, null);
        errors.ShouldBeEmpty(text);
        return (
            operation!,
            new ExecutionRequest(JsonSerializer.SerializeToElement(variables ?? new { }), Services: services)
        );
    }

    private static JsonNode Read(ExecutionResult result)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        result.Write(buffer);
        return JsonNode.Parse(buffer.WrittenSpan)!;
    }

    private async Task FollowAsync()
    {
        await ReadModels.EnsureSchemaAsync(CancellationToken.None);
        await ReadModels.CreateFollower().RunAsync(stop.Token);
    }
}
