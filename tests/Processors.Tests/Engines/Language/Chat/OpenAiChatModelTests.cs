using EventPipeline.Contracts;
using EventPipeline.Processors.Engines.Language.Chat;
using EventPipeline.TestSupport;

namespace EventPipeline.Processors.Tests.Engines.Language.Chat;

public sealed class OpenAiChatModelTests : IAsyncDisposable
{
    private static readonly ChatPrompt Prompt = new("test@1", "Do it.", "The data.", "answer", """{"type":"object"}""");

    private readonly ChatServer server = new();

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task A_question_is_one_request_without_tools_that_asks_for_the_schema()
    {
        server.Answers("""{"a":1}""");
        var answer = await Model().AskAsync(Prompt, TestContext.Current.CancellationToken);
        answer.ShouldBe(new ChatAnswer("""{"a":1}""", "gpt-4o-mini-2024-07-18", 1000, 200));
        var request = server.Requests.ShouldHaveSingleItem();
        (request.Method, request.Path, request.Authorization).ShouldBe(("POST", "/v1/chat/completions", "Bearer key"));
        request.Body.GetProperty("model").GetString().ShouldBe("gpt-4o-mini");
        request.Body.TryGetProperty("tools", out _).ShouldBeFalse();
        var messages = request.Body.GetProperty("messages");
        messages.GetArrayLength().ShouldBe(2);
        messages[0].GetProperty("role").GetString().ShouldBe("system");
        messages[0].ToString().ShouldContain("Do it.");
        messages[1].GetProperty("role").GetString().ShouldBe("user");
        messages[1].ToString().ShouldContain("The data.");
        var format = request.Body.GetProperty("response_format");
        format.GetProperty("type").GetString().ShouldBe("json_schema");
        format.GetProperty("json_schema").GetProperty("strict").GetBoolean().ShouldBeTrue();
        format.GetProperty("json_schema").GetProperty("name").GetString().ShouldBe("answer");
    }

    [Theory]
    [InlineData(401, FailureKind.Permanent)]
    [InlineData(404, FailureKind.Permanent)]
    [InlineData(400, FailureKind.Permanent)]
    [InlineData(429, FailureKind.Transient)]
    [InlineData(500, FailureKind.Transient)]
    [InlineData(503, FailureKind.Transient)]
    public async Task A_failure_says_whether_trying_again_may_help_and_hides_the_servers_words(
        int status,
        FailureKind kind
    )
    {
        server.Fails(status);
        var failure = await Should.ThrowAsync<StageException>(() => Model().AskAsync(Prompt, default));
        failure.Kind.ShouldBe(kind);
        failure.Message.ShouldNotContain("secret");
        server.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_server_that_is_not_there_may_come_back()
    {
        var nobody = new OpenAiChatModel(
            new ChatOptions(new Uri($"http://127.0.0.1:{FreePort.Next()}/v1"), "key", "gpt-4o-mini")
        );
        (await Should.ThrowAsync<StageException>(() => nobody.AskAsync(Prompt, default))).Kind.ShouldBe(
            FailureKind.Transient
        );
    }

    [Fact]
    public async Task A_server_that_never_answers_is_not_waited_for_for_ever()
    {
        using var mute = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        mute.Start();
        var model = new OpenAiChatModel(
            new ChatOptions(new Uri($"http://{mute.LocalEndpoint}/v1"), "key", "m")
            {
                Calls = new(TimeLimit: TimeSpan.FromMilliseconds(200)),
            }
        );
        var late = await Should.ThrowAsync<StageException>(() => model.AskAsync(Prompt, default));
        (late.Kind, late.Message).ShouldBe(
            (FailureKind.Transient, "The chat server took longer than 0.2 s to answer.")
        );
    }

    [Fact]
    public async Task A_refusal_is_final()
    {
        server.Answers("", refusal: "I will not.");
        (await Should.ThrowAsync<StageException>(() => Model().AskAsync(Prompt, default))).Kind.ShouldBe(
            FailureKind.Permanent
        );
    }

    [Fact]
    public void Texts_stay_on_this_machine_unless_a_server_is_chosen()
    {
        ChatOptions.From(_ => null).ShouldBeNull();
        ChatOptions
            .From(name => name == "EVENTPIPELINE_CHAT" ? "openai" : null)
            .ShouldBe(new ChatOptions(new Uri("https://api.openai.com/v1"), "none", "gpt-4o-mini"));
        Should
            .Throw<InvalidOperationException>(() => ChatOptions.From(_ => "other"))
            .Message.ShouldContain("'local' or 'openai'");
    }

    [Fact]
    public void The_key_is_not_part_of_what_is_printed() =>
        new ChatOptions(new Uri("http://localhost/v1"), "sk-secret", "m").ToString().ShouldNotContain("sk-secret");

    [Theory]
    [InlineData("gpt-4o-mini", 270L)]
    [InlineData("gpt-4o-mini-2024-07-18", 270L)]
    [InlineData("gpt-4o", 4500L)]
    [InlineData("gpt-4o-audio", null)]
    [InlineData("llama-3", null)]
    public void A_call_costs_what_its_model_is_listed_at(string model, long? micros) =>
        ChatPrices.CostMicros(model, 1000, 200).ShouldBe(micros);

    private OpenAiChatModel Model() => new(new ChatOptions(server.BaseUrl, "key", "gpt-4o-mini"));
}
