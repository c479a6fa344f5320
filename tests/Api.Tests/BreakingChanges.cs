using EventPipeline.GraphQL.Types;

namespace EventPipeline.Api.Tests;

/// <summary>What a change of a schema breaks for clients that were written before it.</summary>
internal static class BreakingChanges
{
    public static IReadOnlyList<string> Between(Schema before, Schema after) =>
        [
            .. before
                .Types.Where(type => !type.Name.StartsWith("__", StringComparison.Ordinal))
                .SelectMany(type =>
                    after.Find(type.Name) is not { } found ? [$"{type} is gone."]
                    : found.GetType() != type.GetType() && type is not ScalarType ? [$"{type} is another kind of type."]
                    : OfType(type, found)
                ),
        ];

    private static IEnumerable<string> OfType(NamedType before, NamedType after) =>
        (before, after) switch
        {
            (FieldsType old, FieldsType now) => old
                .Fields.SelectMany(field =>
                    now.Fields.Find(field.Name) is { } found ? OfField(field, found) : [$"{field} is gone."]
                )
                .Concat(
                    old.Interfaces.Where(one => now.Interfaces.All(other => other.Name != one.Name))
                        .Select(one => $"{old} is no {one} any more.")
                ),
            (UnionType old, UnionType now) => old
                .Types.Where(one => now.Types.All(other => other.Name != one.Name))
                .Select(one => $"{old} is never {one} any more."),
            (EnumType old, EnumType now) => old
                .Values.Where(value => now.Values.Find(value.Name) is null)
                .Select(value => $"{value} is gone."),
            (InputObjectType old, InputObjectType now) => OfInputs(old.Fields, now.Fields),
            _ => [],
        };

    private static IEnumerable<string> OfField(Field before, Field after) =>
        OfInputs(before.Arguments, after.Arguments)
            .Concat(IsSafeResult(before.Type, after.Type) ? [] : [$"{before} was {before.Type} and is {after.Type}."]);

    private static IEnumerable<string> OfInputs(MemberList<InputValue> before, MemberList<InputValue> after) =>
        before
            .SelectMany(input =>
                after.Find(input.Name) is not { } found ? [$"{input} is gone."]
                : IsSafeInput(input.Type, found.Type) ? Array.Empty<string>()
                : [$"{input} took {input.Type} and takes {found.Type}."]
            )
            .Concat(
                after
                    .Where(input => input.IsRequired && before.Find(input.Name) is null)
                    .Select(input => $"{input} has to be given.")
            );

    /// <summary>Results may become more certain.</summary>
    private static bool IsSafeResult(GraphQLType before, GraphQLType after) =>
        (before, after) switch
        {
            (NonNullType old, NonNullType now) => IsSafeResult(old.OfType, now.OfType),
            (NonNullType, _) => false,
            (_, NonNullType now) => IsSafeResult(before, now.OfType),
            (ListType old, ListType now) => IsSafeResult(old.OfType, now.OfType),
            (NamedType old, NamedType now) => old.Name == now.Name,
            _ => false,
        };

    /// <summary>Inputs may become less demanding.</summary>
    private static bool IsSafeInput(GraphQLType before, GraphQLType after) => IsSafeResult(after, before);
}
