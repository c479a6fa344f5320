using System.Text;
using System.Text.Json;

namespace EventPipeline.Contracts.Tests;

/// <summary>What goes through Kafka comes out the same, and what is no message is refused with a sentence.</summary>
public sealed class MessageTests
{
    private static readonly OutcomeSucceeded Succeeded = new(
        Samples.Id,
        "transcribe",
        "chunk-0001",
        2,
        Samples.Artifact,
        [.. Samples.Events.OfType<Fact>()],
        [new("clip-001", new TimeRange(1, 2)), Item.WholeVideo],
        Samples.Metering
    );

    private static readonly OutcomeFailed Failed = new(
        Samples.Id,
        "transcribe",
        "chunk-0001",
        2,
        FailureKind.Rejected,
        "The file is not a video.",
        Samples.Metering
    );

    [Fact]
    public void An_envelope_is_read_back_as_it_was_written()
    {
        var data = EventTypes.Write(Samples.Events[0]);
        var envelope = new CloudEvent(
            "1",
            "/log",
            "t",
            "s",
            Samples.Time,
            data,
            "c",
            "d",
            "00-a-b-01",
            7,
            Samples.Headers
        );

        var read = CloudEvent.Read(envelope.Write());

        read.Data.ToArray().ShouldBe(data);
        (read with { Data = envelope.Data }).ShouldBe(envelope);
    }

    [Fact]
    public void An_envelope_may_lack_what_is_optional()
    {
        var envelope = new CloudEvent("1", "/log", "t", "s", Samples.Time, "{}"u8.ToArray());

        var read = CloudEvent.Read(envelope.Write());

        (read with { Data = envelope.Data }).ShouldBe(envelope);
    }

    [Theory]
    [InlineData("[]", "A message must be a JSON object.")]
    [InlineData("{}", "The message has no specversion.")]
    [InlineData("{\"specversion\":\"0.3\"}", "Only CloudEvents 1.0 is understood.")]
    [InlineData("{\"specversion\":\"1.0\"}", "The message has no data.")]
    [InlineData("{\"specversion\":\"1.0\",\"data\":{}}", "The message has no id.")]
    [InlineData("{\"specversion\":\"1.0\",\"data\":{},\"id\":7}", "The message's id is not a String.")]
    [InlineData(
        "{\"specversion\":\"1.0\",\"data\":{},\"id\":\"1\",\"source\":\"s\",\"type\":\"t\",\"subject\":\"j\"}",
        "The message has no valid time."
    )]
    [InlineData(
        "{\"specversion\":\"1.0\",\"data\":{},\"id\":\"1\",\"source\":\"s\",\"type\":\"t\",\"subject\":\"j\",\"time\":\"soon\"}",
        "The message has no valid time."
    )]
    public void What_is_no_message_is_refused_with_a_sentence(string json, string sentence) =>
        Should.Throw<JsonException>(() => CloudEvent.Read(Encoding.UTF8.GetBytes(json))).Message.ShouldBe(sentence);

    [Theory]
    [InlineData("")]
    [InlineData("hello")]
    [InlineData("{\"specversion\":\"1.0\"")]
    public void Bytes_that_are_no_json_are_refused(string bytes) =>
        Should.Throw<JsonException>(() => CloudEvent.Read(Encoding.UTF8.GetBytes(bytes)));

    [Fact]
    public void Members_of_odd_types_are_refused_as_json_and_not_as_a_crash()
    {
        const string Head = "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"s\",\"type\":\"t\",\"subject\":\"j\",";

        Should.Throw<JsonException>(() => CloudEvent.Read(Encoding.UTF8.GetBytes(Head + "\"data\":{},\"time\":7}")));
        Should.Throw<JsonException>(() =>
            CloudEvent.Read(
                Encoding.UTF8.GetBytes(Head + "\"data\":{},\"time\":\"2026-01-02T03:04:05Z\",\"streamversion\":\"x\"}")
            )
        );
        Should.Throw<JsonException>(() =>
            CloudEvent.Read(
                Encoding.UTF8.GetBytes(Head + "\"data\":{},\"time\":\"2026-01-02T03:04:05Z\",\"headers\":\"x\"}")
            )
        );
    }

    [Fact]
    public void Text_that_is_no_text_is_refused()
    {
        var message = new CloudEvent("id", "/log", "t", "s", Samples.Time, "{}"u8.ToArray()).Write();
        var broken = message.ToArray();
        broken[message.AsSpan().IndexOf("\"id\":\"id\""u8) + 6] = 0xFF;

        Should.Throw<JsonException>(() => CloudEvent.Read(broken));
        ShouldBeRefused<Echoed>("{\"text\":\"\\ud800\"}");
    }

    [Fact]
    public void The_kind_of_an_outcome_may_come_last()
    {
        var data = JsonSerializer.SerializeToElement<Outcome>(Failed, ContractJson.Options);
        var reversed = JsonSerializer.SerializeToUtf8Bytes(
            data.EnumerateObject().Reverse().ToDictionary(it => it.Name, it => it.Value)
        );

        new CloudEvent("1", "/p", "t", "s", Samples.Time, reversed).DataAs<Outcome>().ShouldBe(Failed);
    }

    [Fact]
    public void Every_cut_of_a_message_is_refused()
    {
        var message = new CloudEvent(
            "1",
            "/log",
            "t",
            "s",
            Samples.Time,
            "{\"a\":[1,\"\\u00e4\"]}"u8.ToArray()
        ).Write();
        for (var length = 0; length < message.Length; length++)
            Should.Throw<JsonException>(() => CloudEvent.Read(message.AsMemory(0, length)));
    }

    [Fact]
    public void Outcomes_work_items_and_progress_are_read_back_as_they_were_written()
    {
        ReadBack<Outcome>(Succeeded).ShouldBeOfType<OutcomeSucceeded>().Facts.Count.ShouldBe(Succeeded.Facts.Count);
        ReadBack<Outcome>(Failed).ShouldBe(Failed);
        ReadBack(Samples.Work).Key.ShouldBe(Samples.Work.Key);
        ReadBack(new Progress(Samples.Id, "s", "i", 1, 50, "Reading", 2, "w", Samples.Time));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("{\"outcome\":\"maybe\"}")]
    [InlineData("{\"outcome\":\"succeeded\"}")]
    [InlineData("{\"jobId\":\"x\",\"outcome\":\"failed\"}")]
    [InlineData("null")]
    public void What_is_no_outcome_is_refused(string data) => ShouldBeRefused<Outcome>(data);

    [Theory]
    [InlineData("7")]
    [InlineData("{}")]
    [InlineData("{\"type\":\"echoed\"}")]
    [InlineData("{\"type\":\"echoed\",\"data\":null}")]
    [InlineData("{\"type\":\"job_completed\",\"data\":{\"completedAt\":\"2026-01-02T03:04:05Z\"}}")]
    [InlineData("{\"type\":\"guessed\",\"data\":{}}")]
    public void What_is_no_fact_is_refused(string fact) =>
        Should.Throw<JsonException>(() => FactDocument.Read(Encoding.UTF8.GetBytes($"{{\"facts\":[{fact}]}}")));

    [Fact]
    public void The_same_facts_give_the_same_document()
    {
        var document = new FactDocument(Succeeded.Facts);

        FactDocument.Read(document.Write()).Write().ShouldBe(document.Write());
    }

    private static void ShouldBeRefused<T>(string data)
    {
        var envelope = new CloudEvent("1", "/p", "t", "s", Samples.Time, Encoding.UTF8.GetBytes(data));
        Should.Throw<JsonException>(() => envelope.DataAs<T>());
    }

    private static T ReadBack<T>(T value)
    {
        var data = JsonSerializer.SerializeToUtf8Bytes(value, ContractJson.Options);
        var read = CloudEvent.Read(new CloudEvent("1", "/p", "t", "s", Samples.Time, data).Write()).DataAs<T>();
        JsonSerializer.SerializeToUtf8Bytes(read, ContractJson.Options).ShouldBe(data);
        return read;
    }
}
