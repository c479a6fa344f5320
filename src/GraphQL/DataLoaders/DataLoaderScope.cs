using EventPipeline.GraphQL.Types;

namespace EventPipeline.GraphQL.DataLoaders;

/// <summary>The loaders of one operation. They load when all resolvers that can run have run: while execution goes on somewhere, keys are
/// gathered.</summary>
public sealed class DataLoaderScope : IRequestContext
{
    private readonly Lock gate = new();
    private readonly Dictionary<object, IBatch> loaders = [];
    private readonly List<IBatch> waiting = [];
    private int running;

    /// <summary>The loaders of an operation.</summary>
    /// <param name="services">Where loaders find what they need.</param>
    /// <param name="cancellation">Cancelled when the client has left.</param>
    public DataLoaderScope(IServiceProvider? services, CancellationToken cancellation) =>
        (Services, Cancellation) = (services, cancellation);

    /// <inheritdoc />
    public IServiceProvider? Services { get; }

    /// <inheritdoc />
    public CancellationToken Cancellation { get; }

    /// <inheritdoc />
    public DataLoaderScope Loaders => this;

    /// <summary>Forgets what was loaded: a resolver that waited for something newer, or changed something, would be given what was before,
    /// should another one have asked for the same meanwhile.</summary>
    public void Forget()
    {
        lock (gate)
        {
            foreach (var loader in loaders.Values)
                loader.Forget();
        }
    }

    internal IDataLoader<TKey, TValue> Get<TKey, TValue>(DataLoaderDefinition<TKey, TValue> definition)
        where TKey : notnull
    {
        lock (gate)
        {
            if (!loaders.TryGetValue(definition, out var loader))
                loaders.Add(definition, loader = definition.Create(this));
            return (IDataLoader<TKey, TValue>)loader;
        }
    }

    /// <summary>Says that execution goes on, until what is returned is disposed of.</summary>
    internal Running Run()
    {
        lock (gate)
            running++;
        return new Running(this);
    }

    /// <summary>A loader has keys that wait.</summary>
    internal void Enqueue(IBatch loader)
    {
        lock (gate)
        {
            waiting.Add(loader);
            if (running > 0)
                return;
        }
        // A resolver goes on after something of its own, and nobody will tell when it waits again.
        ThreadPool.QueueUserWorkItem(static scope => scope.Run().Dispose(), this, preferLocal: false);
    }

    private void End()
    {
        while (true)
        {
            IBatch[] ready;
            lock (gate)
            {
                if (--running > 0 || waiting.Count == 0)
                    return;
                ready = [.. waiting];
                waiting.Clear();
                running++;
            }
            foreach (var loader in ready)
                loader.Dispatch();
        }
    }

    internal readonly struct Running(DataLoaderScope scope) : IDisposable
    {
        public void Dispose() => scope.End();
    }
}
