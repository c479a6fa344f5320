using EventPipeline.GraphQL.Language;
using EventPipeline.GraphQL.Limits;
using EventPipeline.GraphQL.Types;
using EventPipeline.GraphQL.Values;

namespace EventPipeline.GraphQL.Execution;

/// <summary>An operation of a validated document, ready to be executed any number of times, also at the same time. It remembers what it
/// has found out about the document, so that whoever executes a document again keeps the prepared operation.</summary>
public sealed class PreparedOperation
{
    private readonly Dictionary<string, FragmentNode> fragments = new(StringComparer.Ordinal);
    private readonly FieldCollector? sharedCollector;
    private FieldSet? sharedRoot;
    private OperationMeasure? measure;
    private object? constantCost;

    private PreparedOperation(Schema schema, DocumentNode document, OperationNode operation)
    {
        (Schema, Operation) = (schema, operation);
        foreach (var definition in document.Definitions)
        {
            if (definition is FragmentNode fragment)
                fragments[fragment.Name.Value] = fragment;
        }
        // What is selected depends on variables only if a condition does.
        if (!HasVariableConditions(document))
            sharedCollector = new FieldCollector(schema, fragments, VariableValues.None);
    }

    /// <summary>The schema that the document was validated for.</summary>
    public Schema Schema { get; }

    /// <summary>The operation.</summary>
    public OperationNode Operation { get; }

    /// <summary>Prepares an operation.</summary>
    /// <param name="schema">The schema.</param>
    /// <param name="document">A document that is valid for it.</param>
    /// <param name="name">Which operation; null if there is only one.</param>
    /// <returns>The operation, or why there is none.</returns>
    public static (PreparedOperation? Operation, GraphQLError? Error) Prepare(
        Schema schema,
        DocumentNode document,
        string? name = null
    )
    {
        var operations = document
            .Definitions.OfType<OperationNode>()
            .Where(operation => name is null || operation.Name?.Value == name)
            .ToArray();
        if (operations is [var only])
            return (new PreparedOperation(schema, document, only), null);
        var problem =
            operations.Length > 1 ? "Must provide operation name if query contains multiple operations."
            : name is null ? "Must provide an operation."
            : $"Unknown operation named \"{name}\".";
        return (null, new GraphQLError(problem, []));
    }

    /// <summary>How large it is.</summary>
    internal OperationMeasure Measure => measure ??= new OperationMeasure(Operation, fragments);

    /// <summary>The cost if it is the same for all variables; null while it is not known.</summary>
    internal double? ConstantCost
    {
        get => (double?)Volatile.Read(ref constantCost);
        set => Volatile.Write(ref constantCost, value);
    }

    internal bool HasConstantSelection => sharedCollector is not null;

    internal FieldCollector Collector(VariableValues variables) =>
        sharedCollector ?? new FieldCollector(Schema, fragments, variables);

    internal FieldSet Root(ObjectType type, FieldCollector collector) =>
        sharedCollector is null
            ? collector.Collect(type, [Operation.SelectionSet])
            : sharedRoot ??= collector.Collect(type, [Operation.SelectionSet]);

    private static bool HasVariableConditions(DocumentNode document)
    {
        var waiting = new Stack<SelectionSetNode>(
            document.Definitions.OfType<ExecutableDefinitionNode>().Select(definition => definition.SelectionSet)
        );
        while (waiting.TryPop(out var set))
        {
            foreach (var selection in set.Selections)
            {
                if (selection.Directives.Any(directive => directive.Argument("if") is VariableNode))
                    return true;
                if (selection is FieldNode { SelectionSet: { } inner })
                    waiting.Push(inner);
                else if (selection is InlineFragmentNode inline)
                    waiting.Push(inline.SelectionSet);
            }
        }
        return false;
    }
}
