using EventPipeline.Contracts;
using EventPipeline.Coordinator.Relaying;
using EventPipeline.Deciding;
using EventPipeline.EventStore;
using EventPipeline.Messaging;

namespace EventPipeline.Coordinator.Tests.Relaying;

/// <summary>What the broker is told of an event.</summary>
public sealed class OutgoingMessagesTests
{
    private static readonly Topics Topics = new("x.");
    private static readonly DateTimeOffset Time = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private static readonly Guid Stream = new("0198c0de-0000-7000-8000-000000000001");

    private static readonly WorkItem Work = new(
        Stream,
        Stream,
        "owner",
        "probe",
        Item.WholeVideo,
        2,
        new ArtifactReference("key", "hash", 1, "video/mp4"),
        [],
        new JobOptions(),
        JobPriority.Normal,
        30
    );

    [Fact]
    public void An_event_goes_to_the_public_topic_of_its_kind_of_stream_with_its_place_and_its_headers()
    {
        var stored = Stored(new JobCompleted(Time));

        var message = OutgoingMessages.OfEvent(stored, Topics);

        (message.Topic, message.Key).ShouldBe(("x.events.jobs", Stream.ToString()));
        var read = CloudEvent.Read(message.Value);
        (read.Id, read.Type, read.Subject, read.Time, read.StreamVersion).ShouldBe(
            (stored.Id.ToString(), "job_completed", Stream.ToString(), Time, 7)
        );
        (read.CorrelationId, read.CausationId, read.TraceParent).ShouldBe((Stream.ToString(), "cause", "00-a-b-01"));
        read.Headers!.Actor.ShouldBe("user:owner");
        read.Data.ToArray().ShouldBe(stored.Data.ToArray());
        OutgoingMessages
            .OfEvent(Stored(new VideoDiscarded(Stream, "", Time)), Topics)
            .Topic.ShouldBe("x.events.videos");
    }

    [Theory]
    [InlineData("job_teleported", "x.events.jobs")]
    [InlineData("video_teleported", "x.events.videos")]
    public void An_event_of_a_later_version_is_published_all_the_same(string type, string topic)
    {
        var stored = Stored(new JobCompleted(Time)) with { Type = type, Headers = default };

        var message = OutgoingMessages.OfEvent(stored, Topics);

        message.Topic.ShouldBe(topic);
        CloudEvent.Read(message.Value).Type.ShouldBe(type);
    }

    [Fact]
    public void A_request_is_a_work_item_on_its_stages_topic_that_names_the_event_as_its_cause()
    {
        var stored = Stored(new StageRequested(Work, Time));

        var message = OutgoingMessages.OfWork(stored, Work, Topics);

        (message.Topic, message.Key).ShouldBe(("x.stage.probe", Work.Key));
        var read = CloudEvent.Read(message.Value);
        (read.Type, read.Subject, read.CausationId, read.TraceParent).ShouldBe(
            (CloudEvent.WorkItem, Stream.ToString(), stored.Id.ToString(), "00-a-b-01")
        );
        var work = read.DataAs<WorkItem>();
        work.ShouldBe(Work with { Inputs = work.Inputs });
    }

    [Fact]
    public void A_dead_letter_holds_the_work_item_and_the_reason()
    {
        var dead = new StageDeadLettered(Work, "The disk is full.", Time);

        var message = OutgoingMessages.OfDeadLetter(Stored(dead), dead, Topics);

        message.Topic.ShouldBe("x.stage.probe.dlq");
        var letter = DeadLetter.Read(message.Value);
        (letter.Topic, letter.Partition, letter.Offset, letter.Key, letter.Reason).ShouldBe(
            ("x.stage.probe", -1, 42, Work.Key, "The disk is full.")
        );
        CloudEvent.Read(letter.Value).DataAs<WorkItem>().Key.ShouldBe(Work.Key);
    }

    private static StoredEvent Stored(Event @event)
    {
        var origin = new Origin("user:owner", "cause", "00-a-b-01");
        var written = EventCodec.Write([@event], Stream, origin, Time).Single();
        return new StoredEvent(
            new Position(1, 42),
            Stream,
            7,
            written.Id,
            written.Type,
            written.Data,
            written.Headers,
            written.CorrelationId,
            written.CausationId,
            written.Timestamp
        );
    }
}
