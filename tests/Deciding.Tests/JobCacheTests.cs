using EventPipeline.Contracts;
using EventPipeline.Domain.Jobs;
using EventPipeline.EventStore;

namespace EventPipeline.Deciding.Tests;

public sealed class JobCacheTests
{
    private static readonly JobAt Running = At(Job.Evolve(Job.Initial, Started()));

    [Fact]
    public void The_job_that_was_used_longest_ago_is_forgotten_first()
    {
        var cache = new JobCache(2);
        var (a, b, c) = (Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7());
        cache.Set(a, Running);
        cache.Set(b, Running);
        cache.TryGet(a, out _).ShouldBeTrue();

        cache.Set(c, Running);

        cache.TryGet(b, out _).ShouldBeFalse();
        cache.TryGet(a, out _).ShouldBeTrue();
        cache.TryGet(c, out _).ShouldBeTrue();
    }

    [Fact]
    public void A_job_that_ended_is_forgotten()
    {
        var cache = new JobCache(2);
        var id = Guid.CreateVersion7();
        cache.Set(id, Running);

        cache.Set(id, At(Job.Evolve(Running.Job, new JobCompleted(DateTimeOffset.UnixEpoch))));

        cache.TryGet(id, out _).ShouldBeFalse();
    }

    [Fact]
    public void Without_room_nothing_is_remembered()
    {
        var cache = new JobCache(0);
        var id = Guid.CreateVersion7();

        cache.Set(id, Running);

        cache.TryGet(id, out _).ShouldBeFalse();
    }

    private static JobAt At(Job job) => new(job, 1, Position.Start);

    private static JobStarted Started() =>
        new(
            Guid.Empty,
            Guid.Empty,
            "owner",
            Pipelines.DebugEcho,
            new JobOptions(),
            JobPriority.Normal,
            new ArtifactReference("k", "h", 1, "t"),
            "user:owner",
            DateTimeOffset.UnixEpoch
        );
}
