using System.Collections.Immutable;
using EventPipeline.GraphQL.Language;

namespace EventPipeline.GraphQL.Validation.Rules;

/// <summary>Directives that are used exist, and may be used where they are.</summary>
internal sealed class KnownDirectives(ValidationContext context) : Rule(context)
{
    private readonly DefinedDirectives defined = new(context);

    public static RuleDescription Description { get; } =
        new(Moments.Directive, static context => new KnownDirectives(context));

    public override void Enter(DirectiveNode directive, string location)
    {
        if (defined.FindLocations(directive.Name.Value) is not { } allowed)
            Context.Report($"Unknown directive \"@{directive.Name}\".", directive.Location);
        else if (!allowed.Contains(location))
            Context.Report($"Directive \"@{directive.Name}\" may not be used on {location}.", directive.Location);
    }
}

/// <summary>A directive stands once at a place, if it is not repeatable. All definitions of a type are one place.</summary>
internal sealed class UniqueDirectivesPerLocation(ValidationContext context) : Rule(context)
{
    private readonly DefinedDirectives defined = new(context);
    private readonly Dictionary<string, FirstPlaces> byOwner = new(StringComparer.Ordinal);

    public static RuleDescription Description { get; } =
        new(
            Moments.Operation
                | Moments.Fragment
                | Moments.VariableDefinition
                | Moments.Field
                | Moments.Spread
                | Moments.InlineFragment
                | Moments.TypeSystem
                | Moments.Member,
            static context => new UniqueDirectivesPerLocation(context)
        );

    public override void Enter(OperationNode operation) => EnterMember(operation.Directives);

    public override void Enter(FragmentNode fragment) => EnterMember(fragment.Directives);

    public override void Enter(VariableDefinitionNode variable) => EnterMember(variable.Directives);

    public override void Enter(FieldNode field) => EnterMember(field.Directives);

    public override void Enter(FragmentSpreadNode spread) => EnterMember(spread.Directives);

    public override void Enter(InlineFragmentNode fragment) => EnterMember(fragment.Directives);

    public override void Enter(TypeSystemNode definition)
    {
        var owner = definition switch
        {
            TypeDefinitionNode type => type.Name.Value,
            DirectiveDefinitionNode directive => $"@{directive.Name}",
            _ => "",
        };
        if (!byOwner.TryGetValue(owner, out var places))
            byOwner[owner] = places = new FirstPlaces();
        foreach (var directive in definition.Directives)
            Check(directive, places);
    }

    public override void EnterMember(ImmutableArray<DirectiveNode> directives)
    {
        if (directives.Length < 2)
            return;
        var places = new FirstPlaces();
        foreach (var directive in directives)
            Check(directive, places);
    }

    private void Check(DirectiveNode directive, FirstPlaces places)
    {
        var name = directive.Name.Value;
        if (defined.IsUnique(name) && places.HasSeen(name, directive.Location, out var first))
            Context.Report(
                $"The directive \"@{name}\" can only be used once at this location.",
                first,
                directive.Location
            );
    }
}

/// <summary>The directives of the schema and those that the document itself defines, which count more.</summary>
internal sealed class DefinedDirectives
{
    private readonly ValidationContext context;
    private readonly Dictionary<string, DirectiveDefinitionNode>? inDocument;

    public DefinedDirectives(ValidationContext context)
    {
        this.context = context;
        foreach (var definition in context.Document.Definitions)
        {
            if (definition is DirectiveDefinitionNode { IsExtension: false } directive)
                (inDocument ??= new(StringComparer.Ordinal))[directive.Name.Value] = directive;
        }
    }

    public IEnumerable<string>? FindLocations(string name) =>
        FindInDocument(name)?.Locations.Select(location => location.Value)
        ?? FindInSchema(name)?.Locations.AsEnumerable();

    public bool IsUnique(string name) =>
        FindInDocument(name) is { } definition
            ? !definition.IsRepeatable
            : FindInSchema(name) is { IsRepeatable: false };

    public DirectiveDefinitionNode? FindInDocument(string name) => inDocument?.GetValueOrDefault(name);

    public Types.Directive? FindInSchema(string name) =>
        context.OptionalSchema is { } schema
            ? schema.FindDirective(name)
            : Types.BuiltInDirectives.All.FirstOrDefault(directive => directive.Name == name);
}
