using System.Net;
using System.Text;
using EventPipeline.Contracts;
using EventPipeline.Processors.Engines.Speech;
using EventPipeline.TestSupport;

namespace EventPipeline.Processors.Tests.Engines.Speech;

/// <summary>Against a server in this process that speaks the wire format. No real service was asked.</summary>
public sealed class OpenAiTranscriberTests
{
    private const string Answer = """
        {"task":"transcribe","language":"english","duration":4.0,"text":"Hello there. We moved 20 machines.",
         "segments":[
          {"id":0,"seek":0,"start":0.0,"end":1.5,"text":" Hello there.","tokens":[1],"temperature":0.0,"avg_logprob":-0.1,"compression_ratio":1.0,"no_speech_prob":0.01},
          {"id":1,"seek":0,"start":1.5,"end":3.9,"text":" We moved 20 machines.","tokens":[2],"temperature":0.0,"avg_logprob":-0.2,"compression_ratio":1.0,"no_speech_prob":0.01},
          {"id":2,"seek":0,"start":3.9,"end":4.0,"text":" Thanks for watching!","tokens":[3],"temperature":0.0,"avg_logprob":-1.4,"compression_ratio":1.0,"no_speech_prob":0.92}],
         "words":[{"word":"Hello","start":0.1,"end":0.5},{"word":"there","start":0.6,"end":1.0},{"word":"We","start":1.6,"end":1.8},
          {"word":"moved","start":1.8,"end":2.2},{"word":"20","start":2.3,"end":2.8},{"word":"machines","start":2.9,"end":3.6}]}
        """;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Words_come_with_punctuation_times_and_confidence_and_invented_ones_are_dropped()
    {
        await using var server = new SpeechServer(200, Answer);
        var recognition = await Transcriber(server).TranscribeAsync(Audio(), "en-GB", Cancellation);

        recognition.Dropped.ShouldBe(1, "silence is no speech");
        recognition
            .Texts.Select(text => string.Join(' ', text.Words.Select(word => word.Text)))
            .ShouldBe(["Hello there.", "We moved 20 machines."]);
        recognition.Texts[1].Words[3].Range.ShouldBe(new TimeRange(2.9, 3.6));
        recognition.Texts[0].Words[0].Confidence.ShouldBe(Math.Exp(-0.1), 1e-6);
    }

    [Fact]
    public async Task The_request_is_what_such_servers_take()
    {
        await using var server = new SpeechServer(200, Answer);
        await Transcriber(server).TranscribeAsync(Audio(), "en-GB", Cancellation);

        var request = server.Requests.ShouldHaveSingleItem();
        request.Path.ShouldBe("/v1/audio/transcriptions");
        request.Authorization.ShouldBe("Bearer secret");
        request.Fields["model"].ShouldBe(["whisper-test"]);
        request.Fields["language"].ShouldBe(["en"]);
        request.Fields["response_format"].ShouldBe(["verbose_json"]);
        request.Fields["timestamp_granularities[]"].ShouldBe(["word", "segment"], ignoreOrder: true);
        request.Fields["file"].Single().ShouldStartWith("RIFF");
    }

    [Theory]
    [InlineData(401, FailureKind.Permanent, "OPENAI_API_KEY")]
    [InlineData(404, FailureKind.Permanent, "EVENTPIPELINE_TRANSCRIBER_MODEL")]
    [InlineData(413, FailureKind.Permanent, "413")]
    [InlineData(429, FailureKind.Transient, "limit")]
    [InlineData(500, FailureKind.Transient, "500")]
    [InlineData(503, FailureKind.Transient, "503")]
    public async Task An_error_says_what_to_do_and_whether_trying_again_helps(int status, FailureKind kind, string hint)
    {
        await using var server = new SpeechServer(status, """{"error":{"message":"no","type":"t","code":"c"}}""");
        var error = await Should.ThrowAsync<StageException>(() =>
            Transcriber(server).TranscribeAsync(Audio(), "en", Cancellation)
        );
        error.Kind.ShouldBe(kind);
        error.Message.ShouldContain(hint);
        server.Requests.Count.ShouldBe(1, "the coordinator tries again, nobody else");
    }

    [Theory]
    [InlineData("<html>It works!</html>")]
    [InlineData("{\"text\": ")]
    [InlineData("")]
    [InlineData("[]")]
    public async Task An_answer_that_is_no_transcription_is_transient(string answer)
    {
        await using var server = new SpeechServer(200, answer);
        var error = await Should.ThrowAsync<StageException>(() =>
            Transcriber(server).TranscribeAsync(Audio(), "en", Cancellation)
        );
        error.Kind.ShouldBe(FailureKind.Transient);
    }

    [Fact]
    public async Task A_server_that_lists_no_words_gives_text_without_times()
    {
        await using var server = new SpeechServer(200, """{"text":"Only text.","duration":4.0,"language":"english"}""");
        var text = (
            await Transcriber(server).TranscribeAsync(Audio(), "en", Cancellation)
        ).Texts.ShouldHaveSingleItem();
        text.Range.ShouldBe(new TimeRange(0, 4));
        text.Words.ShouldAllBe(word => word.Range == null);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_transient()
    {
        var nobody = new Uri($"http://127.0.0.1:{FreePort.Next()}/v1");
        var transcriber = new OpenAiTranscriber(new OpenAiSpeechOptions(nobody, "secret", "m"));
        var error = await Should.ThrowAsync<StageException>(() =>
            transcriber.TranscribeAsync(Audio(), "en", Cancellation)
        );
        error.Kind.ShouldBe(FailureKind.Transient);
    }

    [Fact]
    public async Task A_server_that_never_answers_is_not_waited_for_for_ever()
    {
        using var mute = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        mute.Start();
        var transcriber = new OpenAiTranscriber(
            new OpenAiSpeechOptions(new Uri($"http://{mute.LocalEndpoint}/v1"), "secret", "m")
            {
                Calls = new(TimeLimit: TimeSpan.FromMilliseconds(200)),
            }
        );
        var late = await Should.ThrowAsync<StageException>(() =>
            transcriber.TranscribeAsync(Audio(), "en", Cancellation)
        );
        (late.Kind, late.Message).ShouldBe(
            (FailureKind.Transient, "The speech service took longer than 0.2 s to answer.")
        );
    }

    private static OpenAiTranscriber Transcriber(SpeechServer server) =>
        new(new OpenAiSpeechOptions(server.Address, "secret", "whisper-test"));

    private static SpeechAudio Audio() => new(new WavSound(new short[64_000]), [new TimeRange(0, 4)]);

    private sealed record Request(string Path, string? Authorization, ILookup<string, string> Fields);

    private sealed class SpeechServer : IAsyncDisposable
    {
        private readonly HttpListener listener = new();
        private readonly Task serving;

        public SpeechServer(int status, string answer)
        {
            var port = FreePort.Next();
            Address = new Uri($"http://127.0.0.1:{port}/v1");
            listener.Prefixes.Add($"http://127.0.0.1:{port}/");
            listener.Start();
            serving = ServeAsync(status, Encoding.UTF8.GetBytes(answer));
        }

        public Uri Address { get; }

        public List<Request> Requests { get; } = [];

        public async ValueTask DisposeAsync()
        {
            listener.Close();
            await serving;
        }

        private async Task ServeAsync(int status, byte[] answer)
        {
            try
            {
                while (true)
                {
                    var context = await listener.GetContextAsync();
                    using var body = new MemoryStream();
                    await context.Request.InputStream.CopyToAsync(body);
                    Requests.Add(
                        new Request(
                            context.Request.Url!.AbsolutePath,
                            context.Request.Headers["Authorization"],
                            Fields(context.Request.ContentType!, body.ToArray())
                        )
                    );
                    context.Response.StatusCode = status;
                    context.Response.ContentType = "application/json";
                    await context.Response.OutputStream.WriteAsync(answer);
                    context.Response.Close();
                }
            }
            catch (Exception closed) when (closed is HttpListenerException or ObjectDisposedException)
            {
                // The test is over.
            }
        }

        private static ILookup<string, string> Fields(string contentType, byte[] body)
        {
            var boundary = "--" + contentType.Split("boundary=")[1].Trim('"');
            return Encoding
                .Latin1.GetString(body)
                .Split(boundary, StringSplitOptions.RemoveEmptyEntries)
                .Select(part => part.Split("\r\n\r\n", 2))
                .Where(part => part.Length == 2)
                .ToLookup(part => Name(part[0]), part => part[1][..^2]);
        }

        private static string Name(string header)
        {
            var value = header.Split("name=")[1].Split(';')[0].Split('\r')[0];
            return value.Trim('"');
        }
    }
}
