using EventPipeline.Contracts;
using EventPipeline.Domain.Videos;

namespace EventPipeline.Domain.Tests.Videos;

public sealed class VideoTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 12, 0, 0, TimeSpan.Zero);
    private static readonly ArtifactReference Source = new(
        "videos/raw/a/original.mp4",
        new string('a', 64),
        10,
        "video/mp4"
    );
    private static readonly RegisterVideo Register = new(Guid.Empty, "owner", "talk.mp4", Source, "user:owner");
    private static readonly VideoRegistered Registered = new(
        Guid.Empty,
        "owner",
        "talk.mp4",
        Source,
        "user:owner",
        Now
    );
    private static readonly VideoDiscarded Discarded = new(Guid.Empty, "It is not a video.", Now);
    private static readonly VideoDeleted Deleted = new("user:owner", "Not needed.", Now);

    [Fact]
    public void A_video_is_registered_once()
    {
        Video.Decide(Given(), Register, Now).Events.ShouldBe([Registered]);
        Video.Decide(Given(Registered), Register, Now).Events.ShouldBeEmpty();
    }

    [Fact]
    public void A_registered_video_is_discarded_once()
    {
        var discard = new DiscardVideo(Guid.Empty, "It is not a video.");

        Video.Decide(Given(Registered), discard, Now).Events.ShouldBe([Discarded]);
        Video.Decide(Given(Registered, Discarded), discard, Now).Events.ShouldBeEmpty();
        Video.Decide(Given(), discard, Now).Refusal.ShouldBeOfType<VideoMissing>();
    }

    [Fact]
    public void A_discarded_video_can_be_uploaded_again()
    {
        Given(Registered, Discarded).IsUsable.ShouldBeFalse();
        Video.Decide(Given(Registered, Discarded), Register, Now).Events.ShouldBe([Registered]);
        Given(Registered, Discarded, Registered).IsUsable.ShouldBeTrue();
    }

    [Fact]
    public void A_video_is_deleted_once_also_if_a_job_had_removed_its_bytes()
    {
        var delete = new DeleteVideo("user:owner", "Not needed.");

        Video.Decide(Given(Registered), delete, Now).Events.ShouldBe([Deleted]);
        Video.Decide(Given(Registered, Discarded), delete, Now).Events.ShouldBe([Deleted]);
        Video.Decide(Given(Registered, Deleted), delete, Now).Events.ShouldBeEmpty();
        Video.Decide(Given(), delete, Now).Refusal.ShouldBeOfType<VideoMissing>();
    }

    [Fact]
    public void A_deleted_video_is_not_rejected_any_more_and_can_be_uploaded_again()
    {
        Given(Registered, Deleted).IsUsable.ShouldBeFalse();
        Video.Decide(Given(Registered, Deleted), new DiscardVideo(Guid.Empty, "Bad."), Now).Events.ShouldBeEmpty();
        Video.Decide(Given(Registered, Deleted), Register, Now).Events.ShouldBe([Registered]);
        Given(Registered, Deleted, Registered).IsUsable.ShouldBeTrue();
    }

    [Fact]
    public void A_video_needs_an_owner_a_name_and_bytes()
    {
        Field(Register with { OwnerId = "" }).ShouldBe("ownerId");
        Field(Register with { FileName = " " }).ShouldBe("fileName");
        Field(Register with { Source = Source with { ByteCount = 0 } }).ShouldBe("source");

        static string Field(RegisterVideo command) =>
            Video.Decide(Given(), command, Now).Refusal.ShouldBeOfType<InputInvalid>().Field;
    }

    private static Video Given(params VideoEvent[] events) => events.Aggregate(Video.Initial, Video.Evolve);
}
