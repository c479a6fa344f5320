namespace EventPipeline.Coordinator.Dispatching;

/// <summary>Whose turn it is: which requested attempts go to their stage's topic at once, and which wait for room there. In memory; what
/// waits also stands in <see cref="WaitingTable"/>.</summary>
internal sealed class Turns(int least, TimeProvider time)
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, Stage> stages = new(StringComparer.Ordinal);
    private TaskCompletionSource room = NewSignal();

    /// <summary>Attempts that wait.</summary>
    public int Waiting
    {
        get
        {
            lock (gate)
                return stages.Values.Sum(stage => stage.Queue.Count);
        }
    }

    /// <summary>Attempts that wait, by stage.</summary>
    public IReadOnlyList<(string Stage, int Count)> WaitingByStage()
    {
        lock (gate)
            return [.. stages.Select(pair => (pair.Key, pair.Value.Queue.Count))];
    }

    public void Reset()
    {
        lock (gate)
            stages.Clear();
    }

    /// <returns>Whether it goes at once. Otherwise it waits, and <see cref="Take"/> gives it later.</returns>
    public bool HandOutOrWait(WaitingWork work)
    {
        lock (gate)
        {
            var stage = Of(work.Stage);
            if (stage.Queue.Count == 0 && stage.Window.Room > 0)
            {
                stage.Window.HandOut();
                return true;
            }
            stage.Queue.Add(work);
            Announce(stage);
            return false;
        }
    }

    public void Wait(WaitingWork work)
    {
        lock (gate)
        {
            var stage = Of(work.Stage);
            stage.Queue.Add(work);
            Announce(stage);
        }
    }

    /// <summary>An attempt was handed out before, by somebody else.</summary>
    public void HandedOut(string stage)
    {
        lock (gate)
            Of(stage).Window.HandOut();
    }

    /// <summary>An attempt that was handed out has begun.</summary>
    public void Begun(string stage) => Change(stage, window => window.Begin());

    /// <summary>An attempt that was handed out will never begin.</summary>
    public void Withdrawn(string stage) => Change(stage, window => window.Withdraw());

    /// <summary>Waits until something that waits has room, at most for a while: room also comes with time.</summary>
    public async Task UntilRoomAsync(TimeSpan atMost, CancellationToken cancellation)
    {
        Task signal;
        lock (gate)
        {
            if (stages.Values.Any(HasTurn))
                return;
            if (room.Task.IsCompleted)
                room = NewSignal();
            signal = room.Task;
        }
        await Task.WhenAny(signal, Task.Delay(atMost, time, cancellation));
        cancellation.ThrowIfCancellationRequested();
    }

    /// <summary>What goes next, of all stages; it counts as handed out.</summary>
    public IReadOnlyList<WaitingWork> Take(int maximum)
    {
        var taken = new List<WaitingWork>();
        lock (gate)
        {
            foreach (var stage in stages.Values)
            {
                for (var free = stage.Window.Room; free > 0 && taken.Count < maximum; free--)
                {
                    if (!stage.Queue.TryTake(out var work))
                        break;
                    stage.Window.HandOut();
                    taken.Add(work);
                }
            }
        }
        return taken;
    }

    private void Change(string name, Action<StageWindow> change)
    {
        lock (gate)
        {
            var stage = Of(name);
            change(stage.Window);
            Announce(stage);
        }
    }

    private void Announce(Stage stage)
    {
        if (HasTurn(stage))
            room.TrySetResult();
    }

    private static bool HasTurn(Stage stage) => stage.Queue.Count > 0 && stage.Window.Room > 0;

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Stage Of(string name) =>
        stages.TryGetValue(name, out var stage) ? stage : stages[name] = new Stage(new FairQueue(), new(least, time));

    private sealed record Stage(FairQueue Queue, StageWindow Window);
}
