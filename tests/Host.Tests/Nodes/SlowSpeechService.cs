using System.Net;
using System.Text;
using EventPipeline.TestSupport;

namespace EventPipeline.Host.Tests.Nodes;

/// <summary>A speech service for <c>EVENTPIPELINE_TRANSCRIBER=openai</c> that speaks the wire format and takes its time, so that a chunk
/// of a job lasts as long as a test wants without any load. It hears one sentence in everything.</summary>
internal sealed class SlowSpeechService : IAsyncDisposable
{
    private static readonly byte[] Answer = Encoding.UTF8.GetBytes(
        """
        {"task":"transcribe","language":"english","duration":2.0,"text":"Hello there.",
         "segments":[{"id":0,"seek":0,"start":0.0,"end":2.0,"text":" Hello there.","tokens":[1],"temperature":0.0,"avg_logprob":-0.1,"compression_ratio":1.0,"no_speech_prob":0.01}],
         "words":[{"word":"Hello","start":0.1,"end":0.5},{"word":"there","start":0.6,"end":1.0}]}
        """
    );

    private readonly HttpListener listener = new();
    private readonly CancellationTokenSource hurry = new();
    private readonly TimeSpan pace;
    private readonly Task serving;

    /// <param name="pace">How long it takes for each request until it is told to <see cref="Hurry"/>.</param>
    public SlowSpeechService(TimeSpan pace)
    {
        this.pace = pace;
        var port = FreePort.Next();
        Address = $"http://127.0.0.1:{port}/v1";
        listener.Prefixes.Add($"http://127.0.0.1:{port}/");
        listener.Start();
        serving = ServeAsync();
    }

    public string Address { get; }

    /// <summary>Answers at once from now on, also what waits.</summary>
    public Task Hurry() => hurry.CancelAsync();

    public async ValueTask DisposeAsync()
    {
        await Hurry();
        listener.Close();
        await serving;
        hurry.Dispose();
    }

    private async Task ServeAsync()
    {
        var answering = new List<Task>();
        try
        {
            while (true)
                answering.Add(AnswerAsync(await listener.GetContextAsync()));
        }
        catch (Exception closed) when (closed is HttpListenerException or ObjectDisposedException)
        {
            await Task.WhenAll(answering);
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        try
        {
            await context.Request.InputStream.CopyToAsync(Stream.Null);
            await Task.Delay(pace, hurry.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            context.Response.ContentType = "application/json";
            await context.Response.OutputStream.WriteAsync(Answer);
            context.Response.Close();
        }
        catch (Exception gone) when (gone is HttpListenerException or ObjectDisposedException or IOException)
        {
            // Whoever asked was killed.
        }
    }
}
