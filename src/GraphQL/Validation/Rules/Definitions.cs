using System.Collections.Immutable;
using EventPipeline.GraphQL.Language;

namespace EventPipeline.GraphQL.Validation.Rules;

/// <summary>There is one definition of the schema.</summary>
internal sealed class LoneSchemaDefinition(ValidationContext context) : Rule(context)
{
    private bool hasSchema;

    public static RuleDescription Description { get; } =
        new(Moments.TypeSystem, static context => new LoneSchemaDefinition(context));

    public override void Enter(TypeSystemNode definition)
    {
        if (definition is not SchemaNode { IsExtension: false })
            return;
        if (hasSchema)
            Context.Report("Must provide only one schema definition.", definition.Location);
        hasSchema = true;
    }
}

/// <summary>There is one root for each kind of operation.</summary>
internal sealed class UniqueOperationTypes(ValidationContext context) : Rule(context)
{
    private readonly FirstPlaces roots = new();

    public static RuleDescription Description { get; } =
        new(Moments.TypeSystem, static context => new UniqueOperationTypes(context));

    public override void Enter(TypeSystemNode definition)
    {
        if (definition is not SchemaNode schema)
            return;
        foreach (var root in schema.RootTypes)
        {
            var keyword = root.Operation.Keyword();
            if (roots.HasSeen(keyword, root.Location, out var first))
                Context.Report($"There can be only one {keyword} type in schema.", first, root.Location);
        }
    }
}

/// <summary>Types have different names.</summary>
internal sealed class UniqueTypeNames(ValidationContext context) : Rule(context)
{
    private readonly FirstPlaces names = new();

    public static RuleDescription Description { get; } =
        new(Moments.TypeSystem, static context => new UniqueTypeNames(context));

    public override void Enter(TypeSystemNode definition)
    {
        if (
            definition is TypeDefinitionNode { IsExtension: false, Name: var name }
            && names.HasSeen(name.Value, name.Location, out var first)
        )
        {
            Context.Report($"There can be only one type named \"{name}\".", first, name.Location);
        }
    }
}

/// <summary>Directives have different names.</summary>
internal sealed class UniqueDirectiveNames(ValidationContext context) : Rule(context)
{
    private readonly FirstPlaces names = new();

    public static RuleDescription Description { get; } =
        new(Moments.TypeSystem, static context => new UniqueDirectiveNames(context));

    public override void Enter(TypeSystemNode definition)
    {
        if (
            definition is DirectiveDefinitionNode { IsExtension: false, Name: var name }
            && names.HasSeen(name.Value, name.Location, out var first)
        )
        {
            Context.Report($"There can be only one directive named \"@{name}\".", first, name.Location);
        }
    }
}

/// <summary>Values of an enum have different names.</summary>
internal sealed class UniqueEnumValueNames(ValidationContext context) : Rule(context)
{
    private readonly FirstPlaces names = new();

    public static RuleDescription Description { get; } =
        new(Moments.TypeSystem, static context => new UniqueEnumValueNames(context));

    public override void Enter(TypeSystemNode definition)
    {
        if (definition is not EnumTypeNode type)
            return;
        foreach (var value in type.Values)
        {
            var coordinate = $"{type.Name}.{value.Name}";
            if (names.HasSeen(coordinate, value.Name.Location, out var first))
                Context.Report($"Enum value \"{coordinate}\" can only be defined once.", first, value.Name.Location);
        }
    }
}

/// <summary>Fields of a type have different names.</summary>
internal sealed class UniqueFieldDefinitionNames(ValidationContext context) : Rule(context)
{
    private readonly FirstPlaces names = new();

    public static RuleDescription Description { get; } =
        new(Moments.TypeSystem, static context => new UniqueFieldDefinitionNames(context));

    public override void Enter(TypeSystemNode definition)
    {
        var fields = definition switch
        {
            CompositeTypeNode type => type.Fields.Select(field => field.Name),
            InputObjectTypeNode type => type.Fields.Select(field => field.Name),
            _ => [],
        };
        foreach (var field in fields)
        {
            var coordinate = $"{((TypeDefinitionNode)definition).Name}.{field}";
            if (names.HasSeen(coordinate, field.Location, out var first))
                Context.Report($"Field \"{coordinate}\" can only be defined once.", first, field.Location);
        }
    }
}

/// <summary>Arguments of a field or a directive have different names.</summary>
internal sealed class UniqueArgumentDefinitionNames(ValidationContext context) : Rule(context)
{
    public static RuleDescription Description { get; } =
        new(Moments.TypeSystem, static context => new UniqueArgumentDefinitionNames(context));

    public override void Enter(TypeSystemNode definition)
    {
        if (definition is DirectiveDefinitionNode directive)
            Check($"@{directive.Name}", directive.Arguments);
        if (definition is not CompositeTypeNode type)
            return;
        foreach (var field in type.Fields)
            Check($"{type.Name}.{field.Name}", field.Arguments);
    }

    private void Check(string owner, ImmutableArray<InputValueDefinitionNode> arguments)
    {
        foreach (var (name, places) in Duplicates.Of(arguments, argument => argument.Name))
            Context.Report($"Argument \"{owner}({name}:)\" can only be defined once.", places);
    }
}

/// <summary>What is extended exists, and is of the same kind.</summary>
internal sealed class PossibleTypeExtensions : Rule
{
    private readonly Dictionary<string, TypeDefinitionNode> defined = new(StringComparer.Ordinal);

    private PossibleTypeExtensions(ValidationContext context)
        : base(context)
    {
        foreach (var definition in context.Document.Definitions)
        {
            if (definition is TypeDefinitionNode { IsExtension: false } type)
                defined[type.Name.Value] = type;
        }
    }

    public static RuleDescription Description { get; } =
        new(Moments.TypeSystem, static context => new PossibleTypeExtensions(context));

    public override void Enter(TypeSystemNode definition)
    {
        if (definition is not TypeDefinitionNode { IsExtension: true, Name: var name } extension)
            return;
        if (!defined.TryGetValue(name.Value, out var type))
        {
            var suggestion = Suggestions.DidYouMean(name.Value, defined.Keys);
            Context.Report($"Cannot extend type \"{name}\" because it is not defined.{suggestion}", name.Location);
        }
        else if (type.GetType() != extension.GetType())
        {
            Context.Report($"Cannot extend non-{Kind(extension)} type \"{name}\".", type.Location, extension.Location);
        }
    }

    private static string Kind(TypeDefinitionNode type) =>
        type switch
        {
            ScalarTypeNode => "scalar",
            ObjectTypeNode => "object",
            InterfaceTypeNode => "interface",
            UnionTypeNode => "union",
            EnumTypeNode => "enum",
            _ => "input object",
        };
}
