using EventPipeline.Processors.Engines.Models;

namespace EventPipeline.Processors.Engines.Onnx;

/// <summary>Loaded models, shared by all attempts of a process: a model is in memory once, only as many users as there are
/// processors compute at a time, and a model that nobody used for a while is unloaded.</summary>
/// <param name="concurrency">How many leases there are at a time.</param>
/// <param name="idle">How long an unused model stays loaded.</param>
public sealed class OnnxPool(ModelStore models, TimeProvider clock, int concurrency, TimeSpan idle) : IDisposable
{
    private readonly SemaphoreSlim slots = new(concurrency);
    private readonly SemaphoreSlim loading = new(1);
    private readonly Dictionary<string, Loaded> sessions = new(StringComparer.Ordinal);
    private ITimer? sweep;

    /// <summary>As many users as processors, five minutes idle.</summary>
    public OnnxPool(ModelStore models, TimeProvider clock)
        : this(models, clock, Environment.ProcessorCount, TimeSpan.FromMinutes(5)) { }

    /// <summary>Waits for a turn and hands out models, loading (and fetching) those that are not there yet.</summary>
    /// <param name="names">All models that one piece of work needs: one turn, however many models.</param>
    /// <exception cref="ModelException">A model cannot be had; the message says what to do.</exception>
    public async Task<OnnxLease> RentAsync(IReadOnlyList<string> names, CancellationToken cancellation)
    {
        await slots.WaitAsync(cancellation);
        var rented = new List<Loaded>();
        try
        {
            foreach (var name in names)
                rented.Add(await UseAsync(name, cancellation));
            return new OnnxLease(
                [.. rented.Select(loaded => loaded.Session)],
                () =>
                {
                    GiveBack(rented);
                    slots.Release();
                }
            );
        }
        catch
        {
            GiveBack(rented);
            slots.Release();
            throw;
        }
    }

    /// <summary>How many models are in memory.</summary>
    internal int LoadedCount
    {
        get
        {
            lock (sessions)
                return sessions.Count;
        }
    }

    private async Task<Loaded> UseAsync(string name, CancellationToken cancellation)
    {
        await loading.WaitAsync(cancellation);
        try
        {
            lock (sessions)
                if (sessions.TryGetValue(name, out var known))
                {
                    known.Users++;
                    return known;
                }
            var runtime = OnnxRuntime.Load(await models.PathOfAsync(ModelCatalogue.OnnxRuntime, cancellation));
            var path = await models.PathOfAsync(name, cancellation);
            var loaded = new Loaded(await Task.Run(() => new OnnxSession(runtime, path, name), cancellation));
            lock (sessions)
            {
                sessions[name] = loaded;
                loaded.Users++;
                sweep ??= clock.CreateTimer(_ => Sweep(), null, idle, idle);
            }
            return loaded;
        }
        finally
        {
            loading.Release();
        }
    }

    private void GiveBack(List<Loaded> rented)
    {
        lock (sessions)
            foreach (var loaded in rented)
            {
                loaded.Users--;
                loaded.LastUsed = clock.GetTimestamp();
            }
    }

    private void Sweep()
    {
        lock (sessions)
            foreach (var (name, loaded) in sessions.ToArray())
                if (loaded.Users == 0 && clock.GetElapsedTime(loaded.LastUsed) >= idle)
                {
                    sessions.Remove(name);
                    loaded.Session.Dispose();
                }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        sweep?.Dispose();
        lock (sessions)
        {
            foreach (var loaded in sessions.Values)
                loaded.Session.Dispose();
            sessions.Clear();
        }
        slots.Dispose();
        loading.Dispose();
    }

    private sealed class Loaded(OnnxSession session)
    {
        public OnnxSession Session { get; } = session;

        public int Users { get; set; }

        public long LastUsed { get; set; }
    }
}

/// <summary>The right to use some models; disposing it lets the next one in.</summary>
public sealed class OnnxLease : IDisposable
{
    private Action? giveBack;

    internal OnnxLease(IReadOnlyList<OnnxSession> sessions, Action giveBack)
    {
        Sessions = sessions;
        this.giveBack = giveBack;
    }

    /// <summary>The models in the order they were asked for.</summary>
    public IReadOnlyList<OnnxSession> Sessions { get; }

    /// <inheritdoc />
    public void Dispose() => Interlocked.Exchange(ref giveBack, null)?.Invoke();
}
