using EventPipeline.Coordinator.Dispatching;

namespace EventPipeline.Coordinator.Tests.Dispatching;

/// <summary>How much lies in a topic.</summary>
public sealed class StageWindowTests
{
    private readonly ManualTime time = new();
    private readonly StageWindow window;

    public StageWindowTests() => window = new StageWindow(least: 4, time);

    [Fact]
    public void Nothing_more_is_handed_out_while_nobody_begins()
    {
        HandOut(4);
        time.Pass(60);
        window.Room.ShouldBe(0);
    }

    [Fact]
    public void What_is_called_off_makes_room_and_is_no_sign_of_speed()
    {
        HandOut(4);
        window.Withdraw();
        window.Room.ShouldBe(1);
    }

    [Fact]
    public void It_doubles_with_every_round_trip_and_keeps_a_second_of_work()
    {
        var handedOut = new List<int>();
        for (var round = 0; round < 5; round++)
        {
            handedOut.Add(window.Room);
            HandOut(window.Room);
            for (var begun = window.HandedOut; begun > 0; begun--)
                window.Begin();
        }
        handedOut.ShouldBe([4, 4, 8, 16, 32]);

        time.Pass(1.5);
        window.Room.ShouldBe(32, "half of the 64 of the second before");
        time.Pass(1);
        window.Room.ShouldBe(4);
    }

    private void HandOut(int count)
    {
        for (; count > 0; count--)
            window.HandOut();
    }
}
