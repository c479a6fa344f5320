using System.Runtime.CompilerServices;
using System.Text.Json;

namespace EventPipeline.Contracts.Tests;

/// <summary>What stands in the log stays readable: the JSON of every event is pinned by a file. A changed line there is a changed contract
/// and needs a new name and an upcaster, unless the change is a new member that may be missing.</summary>
public sealed class EventContractTests
{
    [Fact]
    public void Every_registered_event_has_a_sample() =>
        Samples.Events.Select(EventTypes.NameOf).Order().ShouldBe(EventTypes.All.Keys.Order());

    [Fact]
    public void Every_kind_of_event_is_registered() =>
        typeof(Event)
            .Assembly.GetTypes()
            .Where(type => type.IsSubclassOf(typeof(Event)) && !type.IsAbstract)
            .Except(EventTypes.All.Values)
            .ShouldBeEmpty();

    [Fact]
    public void The_shape_of_no_event_changes_unnoticed()
    {
        var now = $"{{\n{string.Join(",\n", Samples.Events.Select(Line).Order(StringComparer.Ordinal))}\n}}\n";
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
            File.WriteAllText(GoldenPath(), now);
        using var golden = typeof(EventContractTests).Assembly.GetManifestResourceStream("Events.golden.json")!;
        using var reader = new StreamReader(golden);

        now.Split('\n')
            .ShouldBe(
                reader.ReadToEnd().Split('\n'),
                "If the change is meant: UPDATE_GOLDEN=1, then review the difference."
            );

        static string Line(Event @event) =>
            $"  \"{EventTypes.NameOf(@event)}\": {System.Text.Encoding.UTF8.GetString(EventTypes.Write(@event))}";
    }

    [Fact]
    public void Every_event_is_read_back_as_it_was_written()
    {
        foreach (var @event in Samples.Events)
        {
            var written = EventTypes.Write(@event);
            var read = EventTypes.Read(EventTypes.NameOf(@event), written).ShouldNotBeNull();
            read.GetType().ShouldBe(@event.GetType());
            EventTypes.Write(read).ShouldBe(written);
        }
    }

    [Fact]
    public void Members_may_come_in_any_order_because_jsonb_sorts_them()
    {
        foreach (var @event in Samples.Events)
        {
            var written = EventTypes.Write(@event);
            var shuffled = JsonSerializer.SerializeToUtf8Bytes(Reversed(JsonDocument.Parse(written).RootElement));
            EventTypes.Write(EventTypes.Read(EventTypes.NameOf(@event), shuffled)!).ShouldBe(written);
        }

        static object? Reversed(JsonElement element) =>
            element.ValueKind switch
            {
                JsonValueKind.Object => element
                    .EnumerateObject()
                    .Reverse()
                    .ToDictionary(it => it.Name, it => Reversed(it.Value)),
                JsonValueKind.Array => element.EnumerateArray().Select(Reversed).ToArray(),
                _ => element,
            };
    }

    [Fact]
    public void An_event_with_a_member_missing_is_refused_unless_the_member_may_be_missing()
    {
        foreach (var @event in Samples.Events)
        {
            var members = JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(EventTypes.Write(@event))!;
            var nullability = new System.Reflection.NullabilityInfoContext();
            foreach (var parameter in @event.GetType().GetConstructors()[0].GetParameters())
            {
                var name = JsonNamingPolicy.CamelCase.ConvertName(parameter.Name!);
                members.ShouldContainKey(name);
                var without = JsonSerializer.SerializeToUtf8Bytes(members.Where(it => it.Key != name).ToDictionary());
                var read = () => EventTypes.Read(EventTypes.NameOf(@event), without);
                if (nullability.Create(parameter).WriteState == System.Reflection.NullabilityState.Nullable)
                    read().ShouldNotBeNull();
                else
                    Should.Throw<JsonException>(read).Message.ShouldContain(name);
            }
        }
    }

    [Fact]
    public void A_name_of_the_future_is_read_as_nothing() => EventTypes.Read("job_teleported", "{}"u8).ShouldBeNull();

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{\"completedAt\":7}")]
    [InlineData("{\"completedAt\":null}")]
    [InlineData("{\"completedAt\":")]
    public void Data_that_is_not_the_event_is_refused(string data) =>
        Should.Throw<JsonException>(() => EventTypes.Read("job_completed", System.Text.Encoding.UTF8.GetBytes(data)));

    [Fact]
    public void A_type_without_a_name_is_a_mistake_that_says_where_to_mend_it() =>
        Should.Throw<ArgumentException>(() => EventTypes.NameOf(typeof(Event))).Message.ShouldContain("register it");

    private static string GoldenPath([CallerFilePath] string here = "") =>
        Path.Combine(Path.GetDirectoryName(here)!, "Events.golden.json");
}
