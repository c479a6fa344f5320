using System.Text;
using EventPipeline.GraphQL.Language;
using EventPipeline.GraphQL.Types;

namespace EventPipeline.GraphQL.Tests.Generation;

/// <summary>Writes operations for a schema: valid ones, and with a rate of mistakes such as people make.</summary>
public sealed class DocumentGenerator(Schema schema, Random random, double mistakes)
{
    private static readonly string[] Aliases = ["a", "b", "id", "name", "x1"];
    private readonly StringBuilder text = new();
    private readonly Dictionary<string, GraphQLType> variables = [];
    private readonly List<(string Name, CompositeType Type)> fragments = [];
    private readonly List<string> fragmentTexts = [];
    private int fields;
    private bool inFragments;

    /// <summary>A document with one to three operations and their fragments.</summary>
    public static string Document(Schema schema, Random random, double mistakes)
    {
        var generator = new DocumentGenerator(schema, random, mistakes);
        var operations = random.Next(5) == 0 ? random.Next(2, 4) : 1;
        var parts = new List<string>();
        for (var number = 0; number < operations; number++)
            parts.Add(generator.Operation(operations == 1 ? random.Next(3) == 0 : generator.Errs(), number));
        parts.InsertRange(random.Next(parts.Count + 1), generator.fragmentTexts);
        return string.Join(random.Next(2) == 0 ? "\n" : "\n\n", parts);
    }

    private string Operation(bool isAnonymous, int number)
    {
        var kinds = Enum.GetValues<OperationKind>().Where(kind => Errs() || schema.Root(kind) is not null).ToArray();
        var kind = random.Next(3) > 0 ? OperationKind.Query : kinds[random.Next(kinds.Length)];
        variables.Clear();
        fragments.Clear();
        fields = 0;
        text.Clear();
        var root = (CompositeType?)schema.Root(kind) ?? schema.Query!;
        SelectionSet(root, 0, kind == OperationKind.Subscription);
        var selections = text.ToString();
        text.Clear();
        text.Append(kind.Keyword()).Append(' ');
        if (!isAnonymous || variables.Count == 0)
            text.Append(Errs() ? "Same" : $"Operation{number}");
        if (variables.Count > 0 || Errs())
            Variables();
        Directives(kind.Keyword().ToUpperInvariant());
        return text.Append(selections).ToString();
    }

    private void Variables()
    {
        text.Append('(');
        foreach (var (name, type) in variables)
        {
            if (Errs())
                continue;
            text.Append($"${name}: {(Errs() ? AnyType() : type)}");
            if (type is not NonNullType && random.Next(3) == 0)
            {
                text.Append(" = ");
                Value(type, 2, isConstant: true);
            }
            text.Append(", ");
        }
        text.Append(variables.Count == 0 || Errs() ? "$unused: Int)" : ")");
    }

    private void SelectionSet(CompositeType type, int depth, bool isSingle = false)
    {
        text.Append(" {\n");
        var count = isSingle && !Errs() ? 1 : random.Next(1, depth > 3 ? 3 : 6);
        for (var number = 0; number < count; number++)
        {
            text.Append(' ', (depth + 1) * 2);
            switch (random.Next(isSingle ? 30 : 10))
            {
                case 0:
                    InlineFragment(type, depth);
                    break;
                case 1:
                    Spread(type, depth);
                    break;
                default:
                    Field(type, depth, mayBeTypeName: !isSingle);
                    break;
            }
            text.Append('\n');
        }
        text.Append(' ', depth * 2).Append('}');
    }

    private void Field(CompositeType type, int depth, bool mayBeTypeName)
    {
        if (Errs())
        {
            text.Append(
                random.Next(3) switch
                {
                    0 => "unknown",
                    1 => "unknown { id }",
                    _ => AnyField(),
                }
            );
            return;
        }
        var candidates =
            (type as FieldsType)?.Fields.Where(field => depth < 5 || field.Type.Named is LeafType).ToArray() ?? [];
        if (candidates.Length == 0 || fields > 60 || (mayBeTypeName && random.Next(12) == 0))
        {
            text.Append("__typename");
            return;
        }
        fields++;
        var chosen = candidates[random.Next(candidates.Length)];
        if (Errs())
            text.Append($"{Aliases[random.Next(Aliases.Length)]}: ");
        else if (chosen.Arguments.Count > 0 || random.Next(6) == 0)
            text.Append($"f{fields}{(inFragments ? "f" : "")}: ");
        text.Append(chosen.Name);
        Arguments(chosen.Arguments);
        Directives("FIELD");
        if (chosen.Type.Named is CompositeType inner ? !Errs() : Errs())
            SelectionSet(chosen.Type.Named as CompositeType ?? type, depth + 1);
    }

    private void InlineFragment(CompositeType type, int depth)
    {
        var target = random.Next(4) == 0 ? type : Near(type);
        text.Append(target == type && random.Next(2) == 0 ? "..." : $"... on {(Errs() ? AnyType() : target.Name)}");
        Directives("INLINE_FRAGMENT");
        SelectionSet(target, depth + 1);
    }

    private void Spread(CompositeType type, int depth)
    {
        var known = fragments.Where(one => Errs() || one.Type == type).ToArray();
        var name = $"F{fragmentTexts.Count}";
        if (Errs())
            name = "Unknown";
        else if (known.Length > 0 && random.Next(2) == 0)
            name = known[random.Next(known.Length)].Name;
        else if (!inFragments && depth < 4)
            Define(name, Near(type));
        else
            return;
        text.Append($"...{name}");
        Directives("FRAGMENT_SPREAD");
    }

    private void Define(string name, CompositeType type)
    {
        var before = text.ToString();
        text.Clear();
        inFragments = true;
        text.Append($"fragment {name} on {(Errs() ? AnyType() : type.Name)}");
        Directives("FRAGMENT_DEFINITION");
        SelectionSet(type, 1);
        fragmentTexts.Add(text.ToString());
        inFragments = false;
        text.Clear().Append(before);
        fragments.Add((name, type));
    }

    private void Directives(string location)
    {
        if (random.Next(10) > 0)
            return;
        var allowed = schema.Directives.Where(directive => Errs() || IsFree(directive, location)).ToArray();
        for (var count = Errs() ? 2 : 1; count > 0 && allowed.Length > 0; count--)
        {
            var directive = allowed[random.Next(allowed.Length)];
            text.Append($" @{(Errs() ? "unknown" : directive.Name)}");
            Arguments(directive.Arguments);
        }
    }

    // Stream and defer are for a few handwritten documents: hardly a place is a valid one for them.
    private static bool IsFree(Directive directive, string location) =>
        directive.Locations.Contains(location) && directive.Name is not ("defer" or "stream");

    private void Arguments(IReadOnlyList<InputValue> arguments)
    {
        var given = arguments
            .Where(one => Errs() ? random.Next(2) == 0 : one.IsRequired || random.Next(2) == 0)
            .ToList();
        if (given.Count > 0 && Errs())
            given.Add(given[0]);
        if (given.Count == 0)
            return;
        text.Append('(');
        foreach (var argument in given)
        {
            text.Append($"{(Errs() ? "wrong" : argument.Name)}: ");
            Value(argument.Type, 0, isConstant: false);
            text.Append(' ');
        }
        text.Append(')');
    }

    private void Value(GraphQLType type, int depth, bool isConstant)
    {
        if (!isConstant && (random.Next(4) == 0 || Errs()))
        {
            var name = Errs() ? "wrong" : $"v{variables.Count}";
            if (!Errs())
                variables[name] = Errs() ? type.Nullable : type;
            text.Append($"${name}");
            return;
        }
        if (Errs())
        {
            string[] wrong =
            [
                "null",
                "1",
                "1.5",
                "\"text\"",
                "true",
                "[1, [2]]",
                "{wrong: 1}",
                "WRONG",
                "{}",
                "99999999999",
                "[null]",
                "{status: 1, status: DONE}",
                "$missing",
            ];
            text.Append(wrong[random.Next(isConstant ? wrong.Length - 1 : wrong.Length)]);
            return;
        }
        switch (type)
        {
            case NonNullType nonNull:
                Value(nonNull.OfType, depth, isConstant: true);
                break;
            case var _ when random.Next(10) == 0:
                text.Append("null");
                break;
            case ListType list when random.Next(3) > 0:
                text.Append('[');
                for (var count = random.Next(3); count > 0; count--)
                {
                    Value(list.OfType, depth + 1, isConstant);
                    text.Append(", ");
                }
                text.Append(']');
                break;
            case ListType list:
                Value(list.OfType, depth, isConstant: true);
                break;
            case EnumType names:
                text.Append(names.Values[random.Next(names.Values.Count)].Name);
                break;
            case InputObjectType input:
                InputObject(input, depth, isConstant);
                break;
            default:
                text.Append(Scalar(type.Named.Name));
                break;
        }
    }

    private void InputObject(InputObjectType type, int depth, bool isConstant)
    {
        text.Append('{');
        var given = type.IsOneOf
            ? [type.Fields[random.Next(type.Fields.Count)]]
            : type.Fields.Where(field => field.IsRequired || (depth < 3 && random.Next(3) == 0)).ToArray();
        foreach (var field in given)
        {
            text.Append($"{(Errs() ? "wrong" : field.Name)}: ");
            Value(type.IsOneOf ? field.Type.NonNull : field.Type, depth + 1, isConstant);
            text.Append(", ");
        }
        text.Append('}');
    }

    private string Scalar(string name) =>
        name switch
        {
            "Int" => $"{random.Next(-5, 100)}",
            "Float" => random.Next(2) == 0 ? "1.5" : "7",
            "Boolean" => random.Next(2) == 0 ? "true" : "false",
            "ID" => random.Next(2) == 0 ? "\"id\"" : "12",
            "String" => random.Next(3) == 0 ? "\"\"\"block\"\"\"" : "\"text\"",
            _ => "[1, \"any\", {thing: 2.5}]",
        };

    private CompositeType Near(CompositeType type)
    {
        var near = schema
            .Types.OfType<CompositeType>()
            .Where(other => schema.PossibleTypes(other).Intersect(schema.PossibleTypes(type)).Any())
            .ToArray();
        return near.Length == 0 ? type : near[random.Next(near.Length)];
    }

    private string AnyType() => random.Next(6) == 0 ? "Missing" : schema.Types[random.Next(schema.Types.Count)].Name;

    private string AnyField()
    {
        var types = schema.Types.OfType<FieldsType>().ToArray();
        var known = types[random.Next(types.Length)].Fields;
        return known[random.Next(known.Count)].Name;
    }

    private bool Errs() => random.NextDouble() < mistakes;
}
