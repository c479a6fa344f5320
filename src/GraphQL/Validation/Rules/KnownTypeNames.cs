using EventPipeline.GraphQL.Language;

namespace EventPipeline.GraphQL.Validation.Rules;

/// <summary>Types that are named exist.</summary>
internal sealed class KnownTypeNames(ValidationContext context) : Rule(context)
{
    private HashSet<string>? defined;

    public static RuleDescription Description { get; } =
        new(Moments.NamedType, static context => new KnownTypeNames(context));

    private HashSet<string> Defined =>
        defined ??= Context
            .Document.Definitions.OfType<TypeDefinitionNode>()
            .Where(type => !type.IsExtension)
            .Select(type => type.Name.Value)
            .ToHashSet(StringComparer.Ordinal);

    public override void Enter(NamedTypeNode type)
    {
        var name = type.Name.Value;
        if (Context.OptionalSchema?.Find(name) is not null || Defined.Contains(name))
            return;
        if (Context.IsInTypeSystem && (Types.BuiltInScalars.Has(name) || Types.Introspection.Has(name)))
            return;
        Context.Report($"Unknown type \"{name}\".{Suggest(name)}", type.Location);
    }

    private string Suggest(string name)
    {
        if (Context.HideSuggestions)
            return "";
        var builtIn = Context.IsInTypeSystem
            ? Types.BuiltInScalars.All.Concat(Types.Introspection.Types).Select(type => type.Name)
            : [];
        var existing = Context.OptionalSchema?.Types.Select(type => type.Name) ?? [];
        return Suggestions.DidYouMean(name, builtIn.Concat(existing).Concat(Defined));
    }
}
