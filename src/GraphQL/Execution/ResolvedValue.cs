using System.Collections.Concurrent;
using System.Reflection;

namespace EventPipeline.GraphQL.Execution;

/// <summary>What resolvers give, of whatever type: values, tasks of values, asynchronous sequences.</summary>
internal static class ResolvedValue
{
    private static readonly ConcurrentDictionary<Type, Func<object, ValueTask<object?>>?> Waits = new();
    private static readonly ConcurrentDictionary<Type, Func<object, IAsyncEnumerable<object?>>?> Sequences = new();

    /// <summary>How to wait for a value; null if it is there.</summary>
    public static Func<object, ValueTask<object?>>? Waiting(object? value) =>
        // Of the values on the stack, numbers and enums are no tasks.
        value is Task or (ValueType and not IConvertible)
            ? Waits.GetOrAdd(value.GetType(), WaitOf)
            : null;

    /// <summary>A value itself, or what a task gives.</summary>
    public static ValueTask<object?> WaitAsync(object? value) =>
        Waiting(value) is { } wait ? wait(value!) : new ValueTask<object?>(value);

    /// <summary>An asynchronous sequence of any type; null if a value is none.</summary>
    public static IAsyncEnumerable<object?>? Sequence(object value) =>
        value as IAsyncEnumerable<object?>
        ?? Sequences
            .GetOrAdd(
                value.GetType(),
                type => Adapter<IAsyncEnumerable<object?>>(type, typeof(IAsyncEnumerable<>), nameof(OfSequence))
            )
            ?.Invoke(value);

    private static Func<object, ValueTask<object?>>? WaitOf(Type type)
    {
        if (type == typeof(ValueTask))
            return value => OfPlainTask(((ValueTask)value).AsTask());
        return Adapter<ValueTask<object?>>(type, typeof(Task<>), nameof(OfTask))
            ?? Adapter<ValueTask<object?>>(type, typeof(ValueTask<>), nameof(OfValueTask))
            ?? (typeof(Task).IsAssignableFrom(type) ? new Func<object, ValueTask<object?>>(OfPlainTask) : null);
    }

    /// <summary>One of the methods below, for the type argument that a type gives to a generic one.</summary>
    private static Func<object, T>? Adapter<T>(Type type, Type generic, string method)
    {
        var found = BasesOf(type).FirstOrDefault(one => one.IsGenericType && one.GetGenericTypeDefinition() == generic);
        // Asynchronous methods without a result return a Task<VoidTaskResult>.
        return found is null || found.GetGenericArguments()[0].FullName == "System.Threading.Tasks.VoidTaskResult"
            ? null
            : typeof(ResolvedValue)
                .GetMethod(method, BindingFlags.NonPublic | BindingFlags.Static)!
                .MakeGenericMethod(found.GetGenericArguments())
                .CreateDelegate<Func<object, T>>();
    }

    private static IEnumerable<Type> BasesOf(Type type)
    {
        for (var one = type; one is not null; one = one.BaseType)
            yield return one;
        foreach (var one in type.GetInterfaces())
            yield return one;
    }

    private static async ValueTask<object?> OfTask<T>(object value) => await (Task<T>)value;

    private static async ValueTask<object?> OfValueTask<T>(object value) => await (ValueTask<T>)value;

    private static async ValueTask<object?> OfPlainTask(object value)
    {
        await (Task)value;
        return null;
    }

    private static BoxedSequence<T> OfSequence<T>(object value) => new((IAsyncEnumerable<T>)value);

    private sealed class BoxedSequence<T>(IAsyncEnumerable<T> values) : IAsyncEnumerable<object?>
    {
        public async IAsyncEnumerator<object?> GetAsyncEnumerator(CancellationToken cancellationToken = default)
        {
            await foreach (var item in values.WithCancellation(cancellationToken))
                yield return item;
        }
    }
}
