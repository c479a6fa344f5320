using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace EventPipeline.Benchmarks.Live;

/// <summary>Subscriptions to the progress of jobs over server-sent events, each with a connection of its own.</summary>
/// <param name="heard">Takes what a worker says that it does, from each of its reports.</param>
internal sealed class EventStreams(Uri address, Action<string> heard) : IAsyncDisposable
{
    private const string Query =
        "subscription ($id: ID!) { jobProgress(jobId: $id) { position percent ... on AttemptReported { activity } } }";

    private readonly HttpClient client = new() { Timeout = Timeout.InfiniteTimeSpan };
    private readonly CancellationTokenSource stop = new();
    private readonly List<Task> reading = [];

    /// <summary>Subscribes, and waits until each subscription has said something.</summary>
    public async Task OpenAsync(IReadOnlyList<Guid> jobs, CancellationToken cancellation)
    {
        foreach (var group in jobs.Chunk(50))
        {
            var first = group.Select(_ => new TaskCompletionSource()).ToArray();
            reading.AddRange(group.Select((job, at) => ReadAsync(job, first[at])));
            await Task.WhenAll(first.Select(it => it.Task)).WaitAsync(cancellation);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await Task.WhenAll(reading);
        stop.Dispose();
        client.Dispose();
    }

    private async Task ReadAsync(Guid job, TaskCompletionSource first)
    {
        try
        {
            var body = JsonSerializer.Serialize(new { query = Query, variables = new { id = job } });
            using var request = new HttpRequestMessage(HttpMethod.Post, address)
            {
                Content = new StringContent(body, Encoding.UTF8, "application/json"),
            };
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop.Token);
            response.EnsureSuccessStatusCode();
            using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(stop.Token));
            while (await reader.ReadLineAsync(stop.Token) is { } line)
            {
                if (!line.StartsWith("data: {", StringComparison.Ordinal))
                    continue;
                using var message = JsonDocument.Parse(line[6..]);
                var item = message.RootElement.GetProperty("data").GetProperty("jobProgress");
                first.TrySetResult();
                if (item.TryGetProperty("activity", out var activity))
                    heard(activity.GetString()!);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // As asked.
        }
        catch (Exception failure)
        {
            first.TrySetException(failure);
            throw;
        }
    }
}
