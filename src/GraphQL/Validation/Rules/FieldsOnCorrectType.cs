using EventPipeline.GraphQL.Language;

namespace EventPipeline.GraphQL.Validation.Rules;

/// <summary>Types have the fields that they are asked for.</summary>
internal sealed class FieldsOnCorrectType(ValidationContext context) : Rule(context)
{
    public static RuleDescription Description { get; } =
        new(Moments.Field, static context => new FieldsOnCorrectType(context));

    public override void Enter(FieldNode field)
    {
        if (Context.ParentType is { } type && Context.Field is null)
        {
            var suggestion = Context.HideSuggestions ? "" : Suggest(type, field.Name.Value);
            Context.Report($"Cannot query field \"{field.Name}\" on type \"{type}\".{suggestion}", field.Location);
        }
    }

    private string Suggest(Types.CompositeType type, string name)
    {
        var types = type is Types.ObjectType ? [] : TypesWith(type, name);
        if (types.Length > 0)
            return Suggestions.DidYouMean("to use an inline fragment on ", types);
        return type is Types.FieldsType { Fields: var fields }
            ? Suggestions.DidYouMean(name, fields.Select(field => field.Name))
            : "";
    }

    /// <summary>Objects behind an abstract type that have the field, and their interfaces; those that more of them implement come first.</summary>
    private string[] TypesWith(Types.CompositeType type, string name)
    {
        var uses = new Dictionary<Types.FieldsType, int>();
        foreach (var possible in Context.Schema.PossibleTypes(type))
        {
            if (possible.Fields.Find(name) is null)
                continue;
            uses[possible] = 1;
            foreach (var implemented in possible.Interfaces.Where(one => one.Fields.Find(name) is not null))
                uses[implemented] = uses.GetValueOrDefault(implemented) + 1;
        }
        return
        [
            .. uses
                .Keys.OrderByDescending(one => uses[one])
                .ThenBy(one => one, Comparer<Types.FieldsType>.Create(WiderFirst))
                .Select(one => one.Name),
        ];
    }

    private int WiderFirst(Types.FieldsType left, Types.FieldsType right) =>
        Context.Schema.IsSubtype(left, right) ? -1
        : Context.Schema.IsSubtype(right, left) ? 1
        : Suggestions.CompareNaturally(left.Name, right.Name);
}
