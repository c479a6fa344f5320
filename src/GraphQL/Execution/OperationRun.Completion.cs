using System.Collections;
using System.Runtime.CompilerServices;
using EventPipeline.GraphQL.Types;

namespace EventPipeline.GraphQL.Execution;

/// <summary>What becomes of the values that resolvers give.</summary>
internal sealed partial class OperationRun
{
    private ValueTask<object?> CompleteAsync(GraphQLType type, FieldContext context, object? value, ResponsePath path)
    {
        var isNonNull = type is NonNullType;
        return value switch
        {
            null => new ValueTask<object?>(
                isNonNull
                    ? Fail($"Cannot return null for non-nullable field {NameOf(context)}.", isNonNull, context, path)
                    : null
            ),
            // In a list an error takes the place of one item.
            Exception exception => new ValueTask<object?>(Fail(exception, isNonNull, context, path)),
            _ => type.Nullable switch
            {
                ListType list => CompleteListAsync(list.OfType, isNonNull, context, value, path),
                LeafType leaf => new ValueTask<object?>(CompleteLeaf(leaf, isNonNull, context, value, path)),
                ObjectType objectType => ExecuteSelectionAsync(objectType, isNonNull, context, value, path),
                _ => CompleteAbstractAsync((CompositeType)type.Nullable, isNonNull, context, value, path),
            },
        };
    }

    private object? CompleteLeaf(LeafType type, bool isNonNull, FieldContext context, object value, ResponsePath path)
    {
        try
        {
            var problem = type.ReadResult(value, out var result);
            return problem is null ? result : Fail(problem, isNonNull, context, path);
        }
        catch (Exception exception)
        {
            return Fail(exception, isNonNull, context, path);
        }
    }

    private ValueTask<object?> CompleteAbstractAsync(
        CompositeType type,
        bool isNonNull,
        FieldContext context,
        object value,
        ResponsePath path
    )
    {
        string? name;
        try
        {
            name = options.TypeOf is { } typeOf ? typeOf(value, type) : Schema.BoundTo(type, value.GetType())?.Name;
        }
        catch (Exception exception)
        {
            return new ValueTask<object?>(Fail(exception, isNonNull, context, path));
        }
        var found = name is null ? null : Schema.Find(name);
        if (found is ObjectType objectType && Schema.IsSubtype(type, objectType))
            return ExecuteSelectionAsync(objectType, isNonNull, context, value, path);
        var problem = (name, found) switch
        {
            (null, _) =>
                $"Abstract type \"{type}\" must resolve to an Object type at runtime for field \"{NameOf(context)}\". Either the \"{type}\" type should provide a \"resolveType\" function or each possible type should provide an \"isTypeOf\" function.",
            (_, null) =>
                $"Abstract type \"{type}\" was resolved to a type \"{name}\" that does not exist inside the schema.",
            (_, ObjectType) => $"Runtime Object type \"{name}\" is not a possible type for \"{type}\".",
            _ => $"Abstract type \"{type}\" was resolved to a non-object type \"{name}\".",
        };
        return new ValueTask<object?>(Fail(problem, isNonNull, context, path));
    }

    private async ValueTask<object?> CompleteListAsync(
        GraphQLType itemType,
        bool isNonNull,
        FieldContext context,
        object value,
        ResponsePath path
    )
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        var result = new ListResult(value is ICollection { Count: var count } ? count : 0);
        try
        {
            if (ResolvedValue.Sequence(value) is { } sequence)
            {
                await foreach (var item in sequence.WithCancellation(cancellation))
                {
                    if (!Add(item))
                        break;
                }
            }
            else if (value is IEnumerable items and not string)
            {
                foreach (var item in items)
                {
                    if (!Add(item))
                        break;
                }
            }
            else
            {
                return Fail(
                    $"Expected Iterable, but did not find one for field \"{NameOf(context)}\".",
                    isNonNull,
                    context,
                    path
                );
            }
        }
        catch (Exception exception) when (!cancellation.IsCancellationRequested)
        {
            // Only the sequence itself gets here. One reason is enough.
            await result.CompleteAsync();
            return new NullResult(result.IsNulled ? null : result, ErrorOf(exception, context, path), isNonNull);
        }
        return await FinishAsync(result, isNonNull);

        bool Add(object? item)
        {
            var itemPath = new ResponsePath(path, null, result.Values.Count);
            result.Add(CompleteItemAsync(itemType, context, item, itemPath));
            return !result.IsNulled;
        }
    }

    private ValueTask<object?> CompleteItemAsync(
        GraphQLType type,
        FieldContext context,
        object? item,
        ResponsePath path
    ) =>
        ResolvedValue.Waiting(item) is { } wait
            ? GoOnAsync(wait(item!), type, context, path)
            : CompleteAsync(type, context, item, path);

    private static string NameOf(FieldContext context) => $"{context.ParentType}.{context.Field.Name}";
}
