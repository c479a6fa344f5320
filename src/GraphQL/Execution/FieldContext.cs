using System.Collections.Immutable;
using EventPipeline.GraphQL.DataLoaders;
using EventPipeline.GraphQL.Types;

namespace EventPipeline.GraphQL.Execution;

/// <summary>A field of an object while it is executed.</summary>
internal sealed class FieldContext(
    OperationRun run,
    FieldGroup group,
    ObjectType parentType,
    object? source,
    ResponsePath path
) : IFieldContext
{
    private IReadOnlyDictionary<string, object?> arguments = ImmutableDictionary<string, object?>.Empty;

    public FieldGroup Group => group;

    public Schema Schema => run.Schema;

    public ObjectType ParentType => parentType;

    public Field Field => group.Field;

    public object? Source => source;

    public ResponsePath Path => path;

    public object? Root => run.Request.Root;

    public IServiceProvider? Services => run.Request.Services;

    public CancellationToken Cancellation => run.Cancellation;

    public DataLoaderScope Loaders => run.Loaders;

    public object? Argument(string name) => arguments.GetValueOrDefault(name);

    public bool HasArgument(string name) => arguments.ContainsKey(name);

    public IEnumerable<SelectedField> Selected(ObjectType type) => SelectedField.Of(group, type, run.Collector);

    /// <exception cref="LocatedErrorException">A variable has no value where one is needed.</exception>
    public void ReadArguments()
    {
        if (group.Field.Arguments.Count > 0)
            arguments = group.Arguments(run.Variables);
    }
}
