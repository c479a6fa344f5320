using System.Numerics;
using EventPipeline.GraphQL.Validation.Rules;

namespace EventPipeline.GraphQL.Validation;

/// <summary>A rule: what it wants to be told of, and how it is made for a document.</summary>
internal readonly record struct RuleDescription(Moments Moments, Func<ValidationContext, Rule> Create);

/// <summary>Rules in the order in which they are told of a moment, which is the order of the errors at one place. It is that of the
/// reference implementation.</summary>
internal sealed class RuleSet(params IReadOnlyList<RuleDescription> rules)
{
    /// <summary>The rules for documents that are to be executed.</summary>
    public static RuleSet Executable { get; } =
        new(
            ExecutableDefinitions.Description,
            KnownOperationTypes.Description,
            UniqueOperationNames.Description,
            LoneAnonymousOperation.Description,
            SingleFieldSubscriptions.Description,
            KnownTypeNames.Description,
            FragmentsOnCompositeTypes.Description,
            VariablesAreInputTypes.Description,
            ScalarLeafs.Description,
            FieldsOnCorrectType.Description,
            UniqueFragmentNames.Description,
            KnownFragmentNames.Description,
            NoUnusedFragments.Description,
            PossibleFragmentSpreads.Description,
            NoFragmentCycles.Description,
            UniqueVariableNames.Description,
            NoUndefinedVariables.Description,
            NoUnusedVariables.Description,
            KnownDirectives.Description,
            UniqueDirectivesPerLocation.Description,
            NoIncrementalDeliveryOnRootFields.Description,
            NoIncrementalDeliveryInSubscriptions.Description,
            UniqueIncrementalDeliveryLabels.Description,
            StreamOnLists.Description,
            KnownArgumentNames.Description,
            UniqueArgumentNames.Description,
            ValuesOfCorrectType.Description,
            ProvidedRequiredArguments.Description,
            VariablesInAllowedPosition.Description,
            OverlappingFieldsCanBeMerged.Description,
            UniqueInputFieldNames.Description,
            IntrospectionDepth.Description
        );

    /// <summary>The rules for the definitions of a schema.</summary>
    public static RuleSet Definitions { get; } =
        new(
            LoneSchemaDefinition.Description,
            UniqueOperationTypes.Description,
            UniqueTypeNames.Description,
            UniqueEnumValueNames.Description,
            UniqueFieldDefinitionNames.Description,
            UniqueArgumentDefinitionNames.Description,
            UniqueDirectiveNames.Description,
            KnownTypeNames.Description,
            KnownDirectives.Description,
            UniqueDirectivesPerLocation.Description,
            PossibleTypeExtensions.Description,
            KnownArgumentNames.OnDirectives,
            UniqueArgumentNames.Description,
            UniqueInputFieldNames.Description,
            ProvidedRequiredArguments.OnDirectives
        );

    private readonly int[][] byMoment =
    [
        .. Enumerable
            .Range(0, 32)
            .Select(bit =>
                Enumerable
                    .Range(0, rules.Count)
                    .Where(number => ((int)rules[number].Moments & (1 << bit)) != 0)
                    .ToArray()
            ),
    ];

    public Rule[] CreateAll(ValidationContext context)
    {
        var created = new Rule[rules.Count];
        for (var number = 0; number < created.Length; number++)
            created[number] = rules[number].Create(context);
        return created;
    }

    /// <summary>The numbers of the rules that want to be told of a moment.</summary>
    public int[] At(Moments moment) => byMoment[BitOperations.TrailingZeroCount((int)moment)];
}
