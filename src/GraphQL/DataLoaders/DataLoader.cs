using EventPipeline.GraphQL.Types;

namespace EventPipeline.GraphQL.DataLoaders;

/// <summary>Loads the values of keys, all with one call.</summary>
/// <returns>What is known of each key.</returns>
internal delegate Task<Func<TKey, Result<TValue>>> BatchFunction<TKey, TValue>(
    IReadOnlyList<TKey> keys,
    IRequestContext context
)
    where TKey : notnull;

/// <summary>A kind of loader; each operation has one of it.</summary>
internal interface IDataLoaderDefinition
{
    IBatch Create(DataLoaderScope scope);
}

/// <summary>Keys that wait for their values.</summary>
internal interface IBatch
{
    /// <summary>Starts to load what waits.</summary>
    void Dispatch();

    /// <summary>Loads everything anew that is asked for from now on.</summary>
    void Forget();
}

/// <inheritdoc />
internal sealed class DataLoaderDefinition<TKey, TValue>(BatchFunction<TKey, TValue> load) : IDataLoaderDefinition
    where TKey : notnull
{
    public IBatch Create(DataLoaderScope scope) => new DataLoader<TKey, TValue>(scope, load);
}

/// <summary>A loader of one operation.</summary>
internal sealed class DataLoader<TKey, TValue>(DataLoaderScope scope, BatchFunction<TKey, TValue> load)
    : IDataLoader<TKey, TValue>,
        IBatch
    where TKey : notnull
{
    private readonly Lock gate = new();
    private readonly Dictionary<TKey, Task<TValue?>> known = [];
    private Dictionary<TKey, TaskCompletionSource<TValue?>> waiting = [];

    public Task<TValue?> LoadAsync(TKey key, CancellationToken cancellationToken = default)
    {
        Task<TValue?> value;
        bool isFirst;
        lock (gate)
        {
            value = Load(key, out isFirst);
        }
        if (isFirst)
            scope.Enqueue(this);
        return value;
    }

    public async Task<IReadOnlyList<TValue?>> LoadAsync(
        IReadOnlyCollection<TKey> keys,
        CancellationToken cancellationToken = default
    )
    {
        var values = new Task<TValue?>[keys.Count];
        var isFirst = false;
        lock (gate)
        {
            var index = 0;
            foreach (var key in keys)
            {
                values[index++] = Load(key, out var isFirstOfAll);
                isFirst |= isFirstOfAll;
            }
        }
        if (isFirst)
            scope.Enqueue(this);
        return await Task.WhenAll(values);
    }

    public void Dispatch()
    {
        Dictionary<TKey, TaskCompletionSource<TValue?>> batch;
        lock (gate)
        {
            batch = waiting;
            waiting = [];
        }
        _ = RunAsync(batch);
    }

    public void Forget()
    {
        lock (gate)
        {
            known.Clear();
            foreach (var (key, source) in waiting)
                known.Add(key, source.Task);
        }
    }

    private Task<TValue?> Load(TKey key, out bool isFirst)
    {
        isFirst = false;
        if (known.TryGetValue(key, out var value))
            return value;
        isFirst = waiting.Count == 0;
        // What waits goes on where its value comes, so that all that follows from a batch has been asked for when it ends.
        var source = new TaskCompletionSource<TValue?>();
        waiting.Add(key, source);
        return known[key] = source.Task;
    }

    private async Task RunAsync(Dictionary<TKey, TaskCompletionSource<TValue?>> batch)
    {
        Func<TKey, Result<TValue>> found;
        try
        {
            found = await load([.. batch.Keys], scope);
        }
        catch (Exception exception)
        {
            found = _ => exception;
        }
        using (scope.Run())
        {
            foreach (var (key, source) in batch)
            {
                var result = found(key);
                if (result.Error is { } error)
                    source.SetException(error);
                else
                    source.SetResult(result.Value);
            }
        }
    }
}
