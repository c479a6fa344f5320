namespace EventPipeline.Deciding.Tests;

public sealed class RecentlyUsedTests
{
    private readonly Guid a = Guid.CreateVersion7();
    private readonly Guid b = Guid.CreateVersion7();
    private readonly Guid c = Guid.CreateVersion7();

    [Fact]
    public void What_was_used_longest_ago_is_forgotten_first()
    {
        var recent = new RecentlyUsed<string>(2);
        recent.Set(a, "a");
        recent.Set(b, "b");
        recent.TryGet(a, out _).ShouldBeTrue();

        recent.Set(c, "c");

        recent.TryGet(b, out _).ShouldBeFalse();
        recent.TryGet(a, out var remembered).ShouldBeTrue();
        remembered.ShouldBe("a");
        recent.TryGet(c, out _).ShouldBeTrue();
    }

    [Fact]
    public void The_newest_value_is_remembered_until_it_is_removed()
    {
        var recent = new RecentlyUsed<string>(2);
        recent.Set(a, "old");
        recent.Set(b, "b");

        recent.Set(a, "new");
        recent.TryGet(a, out var remembered).ShouldBeTrue();
        recent.Remove(a);

        remembered.ShouldBe("new");
        recent.TryGet(a, out _).ShouldBeFalse();
        recent.TryGet(b, out _).ShouldBeTrue();
    }

    [Fact]
    public void Without_room_nothing_is_remembered()
    {
        var recent = new RecentlyUsed<string>(0);

        recent.Set(a, "a");

        recent.TryGet(a, out _).ShouldBeFalse();
    }
}
