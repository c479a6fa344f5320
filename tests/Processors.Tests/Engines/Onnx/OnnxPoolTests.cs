using EventPipeline.Processors.Engines.Models;
using EventPipeline.Processors.Engines.Onnx;

namespace EventPipeline.Processors.Tests.Engines.Onnx;

[Collection(SpeechModels.Name)]
public sealed class OnnxPoolTests(LocalModels models)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_model_is_loaded_once_for_all()
    {
        await models.RequireAsync(ModelCatalogue.SileroVoice);
        using var pool = new OnnxPool(models.Store, TimeProvider.System, 4, TimeSpan.FromMinutes(5));
        var leases = await Task.WhenAll(
            Enumerable.Range(0, 4).Select(_ => pool.RentAsync([ModelCatalogue.SileroVoice], Cancellation))
        );
        leases.Select(lease => lease.Sessions[0]).Distinct().Count().ShouldBe(1);
        foreach (var lease in leases)
            lease.Dispose();
    }

    [Fact]
    public async Task No_more_users_compute_at_a_time_than_there_are_turns()
    {
        await models.RequireAsync(ModelCatalogue.SileroVoice);
        using var pool = new OnnxPool(models.Store, TimeProvider.System, 1, TimeSpan.FromMinutes(5));
        var first = await pool.RentAsync([ModelCatalogue.SileroVoice], Cancellation);
        var second = pool.RentAsync([ModelCatalogue.SileroVoice], Cancellation);
        second.IsCompleted.ShouldBeFalse();
        first.Dispose();
        first.Dispose();
        (await second.WaitAsync(TimeSpan.FromSeconds(30), Cancellation)).Dispose();
    }

    [Fact]
    public async Task A_model_that_cannot_be_had_costs_no_turn()
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            using var store = new ModelStore(new(folder.FullName, null), new NoPackages());
            using var pool = new OnnxPool(store, TimeProvider.System, 1, TimeSpan.FromMinutes(5));
            for (var i = 0; i < 3; i++)
                await Should.ThrowAsync<ModelException>(() =>
                    pool.RentAsync([ModelCatalogue.SileroVoice], Cancellation)
                        .WaitAsync(TimeSpan.FromSeconds(30), Cancellation)
                );
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_model_that_nobody_used_for_a_while_is_unloaded_and_loaded_again()
    {
        await models.RequireAsync(ModelCatalogue.SileroVoice);
        var clock = new ManualClock();
        using var pool = new OnnxPool(models.Store, clock, 2, TimeSpan.FromMinutes(5));
        var held = await pool.RentAsync([ModelCatalogue.SileroVoice], Cancellation);
        clock.Advance(TimeSpan.FromMinutes(11));
        pool.LoadedCount.ShouldBe(1, "it is in use");
        held.Dispose();
        clock.Advance(TimeSpan.FromMinutes(11));
        pool.LoadedCount.ShouldBe(0);
        using var again = await pool.RentAsync([ModelCatalogue.SileroVoice], Cancellation);
        again.Sessions[0].ShouldNotBeNull();
    }

    private sealed class NoPackages : IPackageSource
    {
        public Task<string> FetchAsync(string package, string version, string folder, CancellationToken cancellation) =>
            throw new ModelException("There are no packages.");
    }

    /// <summary>A clock that a test moves; its timers fire while it moves.</summary>
    private sealed class ManualClock : TimeProvider
    {
        private readonly List<Timer> timers = [];
        private TimeSpan now;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => now.Ticks;

        public void Advance(TimeSpan by)
        {
            now += by;
            foreach (var timer in timers)
                timer.Fire();
        }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = new Timer(() => callback(state));
            timers.Add(timer);
            return timer;
        }

        private sealed class Timer(Action fire) : ITimer
        {
            public void Fire() => fire();

            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose() { }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }
}
