using System.Collections.Immutable;
using System.Text.Json;
using EventPipeline.GraphQL.Language;
using EventPipeline.GraphQL.Types;
using EventPipeline.GraphQL.Values;

namespace EventPipeline.GraphQL.Execution;

/// <summary>What is selected of an object of a type, in the order of the response.</summary>
internal sealed record FieldSet(ObjectType Type, ImmutableArray<FieldGroup> Groups);

/// <summary>A field of the response: all places of the document that select it. Keeps what does not depend on variables.</summary>
internal sealed class FieldGroup(Field field, ImmutableArray<FieldNode> nodes)
{
    private readonly bool hasConstantArguments = nodes[0].Arguments.All(argument => IsConstant(argument.Value));
    private IReadOnlyDictionary<string, object?>? constantArguments;
    private ImmutableArray<FieldSet> selections = [];

    public Field Field { get; } = field;

    public ImmutableArray<FieldNode> Nodes { get; } = nodes;

    public string ResponseName => Nodes[0].ResponseName;

    public JsonEncodedText EncodedName { get; } = JsonEncodedText.Encode(nodes[0].ResponseName);

    public ImmutableArray<Location> Locations => [.. Nodes.Select(node => node.Location)];

    /// <exception cref="LocatedErrorException">A variable has no value where one is needed.</exception>
    public IReadOnlyDictionary<string, object?> Arguments(VariableValues variables)
    {
        if (constantArguments is { } known)
            return known;
        var (values, error) = ArgumentCoercion.Coerce(
            Field.Arguments,
            Nodes[0].Arguments,
            variables,
            Nodes[0].Location
        );
        if (error is not null)
            throw new LocatedErrorException(error);
        if (hasConstantArguments)
            constantArguments = values;
        return values;
    }

    /// <summary>What is selected of the field's value if that is of a type.</summary>
    /// <exception cref="LocatedErrorException">A condition has no value.</exception>
    public FieldSet Selection(ObjectType type, FieldCollector collector)
    {
        foreach (var known in selections)
        {
            if (ReferenceEquals(known.Type, type))
                return known;
        }
        var collected = collector.Collect(type, Nodes.Select(node => node.SelectionSet));
        ImmutableInterlocked.Update(ref selections, (all, one) => all.Add(one), collected);
        return collected;
    }

    private static bool IsConstant(ValueNode value) =>
        value switch
        {
            VariableNode => false,
            ListValueNode list => list.Values.All(IsConstant),
            ObjectValueNode fields => fields.Fields.All(field => IsConstant(field.Value)),
            _ => true,
        };
}
