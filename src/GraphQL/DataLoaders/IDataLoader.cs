namespace EventPipeline.GraphQL.DataLoaders;

/// <summary>Loads values by their keys: those that all resolvers which can run have asked for come with one call, and each comes once in
/// an operation.</summary>
public interface IDataLoader<TKey, TValue>
    where TKey : notnull
{
    /// <summary>The value of a key; the default of its type if there is none. Of a group, all its values.</summary>
    Task<TValue?> LoadAsync(TKey key, CancellationToken cancellationToken = default);

    /// <summary>The values of keys in their order, certainly with one call.</summary>
    Task<IReadOnlyList<TValue?>> LoadAsync(
        IReadOnlyCollection<TKey> keys,
        CancellationToken cancellationToken = default
    );
}

/// <summary>What is known of one key: a value, or why there is none. Only the fields that asked for that key fail.</summary>
public readonly record struct Result<TValue>
{
    private Result(TValue? value, Exception? error) => (Value, Error) = (value, error);

    /// <summary>The value; the default of its type after an error.</summary>
    public TValue? Value { get; }

    /// <summary>Why there is none; null if there is one.</summary>
    public Exception? Error { get; }

    /// <summary>A value.</summary>
    public static implicit operator Result<TValue>(TValue? value) => new(value, null);

    /// <summary>Why there is none.</summary>
    public static implicit operator Result<TValue>(Exception error) => new(default, error);
}
