namespace EventPipeline.GraphQL.Tests.Generation;

/// <summary>Writes schemas: valid ones, and with a rate of mistakes.</summary>
public sealed class SchemaGenerator(Random random, double mistakes)
{
    private static readonly string[] Descriptions =
    [
        "\"short\" ",
        "\"\"\"\nTwo\n  lines\n\"\"\" ",
        "\"\" ",
        "\"with \\\"quotes\\\"\" ",
        "\"\\u0007\" ",
    ];
    private static readonly (string Type, string[] Defaults)[] Scalars =
    [
        ("Int", ["1", "-5", "null"]),
        ("Float", ["1.50", "1e3", "7"]),
        ("String", ["\"text\"", "\"\"\"block \\\"\"\" \"\"\"", "\"\\n\\u00e9\""]),
        ("Boolean", ["true", "false"]),
        ("ID", ["\"id\"", "4"]),
        ("Anything", ["{a: [1, X]}", "\"x\""]),
        ("E0", ["X", "Y"]),
        ("In0", ["{}", "{a: null}"]),
        ("[Int!]", ["[1, 2]", "3", "[]"]),
        ("[In1]", ["[{a: 1}, null]"]),
    ];

    public static string Schema(Random random, double mistakes) => new SchemaGenerator(random, mistakes).Write();

    private string Write()
    {
        var interfaces = Enumerable
            .Range(0, random.Next(1, 4))
            .Select(number => (Name: $"I{number}", Fields: Fields($"i{number}")))
            .ToArray();
        var parts = new List<string>
        {
            "scalar Anything" + Url(),
            "enum E0 { X Y }",
            "input In0 { a: Int }",
            "input In1 { a: Int = 3 nested: In1 }",
        };
        parts.AddRange(interfaces.Select(one => $"{Description()}interface {one.Name} {{ {one.Fields} }}"));
        parts.Add($"interface Deep implements I0 {{ {interfaces[0].Fields} deep: Int }}");
        for (var number = 0; number < 3; number++)
        {
            var chosen = interfaces.Where(_ => random.Next(2) == 0).ToArray();
            var implements =
                chosen.Length == 0 ? "" : $" implements {string.Join(" & ", chosen.Select(one => one.Name))}";
            parts.Add(
                $"{Description()}type O{number}{implements} {{ {string.Join(' ', chosen.Where(_ => !Errs()).Select(one => one.Fields))} {Fields("o")} }}"
            );
        }
        parts.Add(
            $"{Description()}union U = {string.Join(" | ", Enumerable.Range(0, random.Next(1, 4)).Select(number => Errs() ? "E0" : $"O{number}"))}"
        );
        parts.Add($"{Description()}enum E1 {{ {Description()}A {Description()}B{Deprecated()} C }}");
        parts.Add(
            $"{Description()}input In2{(random.Next(2) == 0 ? "" : " ")} {{ {Inputs("f", ' ')} again: In2{(Errs() ? "!" : "")} }}"
        );
        parts.Add("input One @oneOf { a: Int, b: In2, c: [One!] }");
        parts.Add(
            $"{Description()}directive @d({Inputs("a", ',')}){(random.Next(2) == 0 ? " repeatable" : "")} on FIELD | OBJECT"
        );
        parts.Add($"type {(random.Next(3) == 0 ? "Root" : "Query")} {{ {Fields("q")} }}");
        if (parts[^1].StartsWith("type Root", StringComparison.Ordinal))
            parts.Add($"{Description()}schema {{ query: {(Errs() ? "E0" : "Root")} }}");
        if (random.Next(2) == 0)
            parts.Add($"extend type O0 {{ extended: {OutputType()} }}");
        if (random.Next(2) == 0)
            parts.Add("extend enum E0 { Z }");
        random.Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(parts));
        return string.Join('\n', parts);
    }

    private string Fields(string prefix) =>
        string.Join(
            ' ',
            Enumerable
                .Range(0, random.Next(1, 4))
                .Select(number =>
                    $"{Description()}{prefix}{(Errs() ? 0 : number)}{(random.Next(2) == 0 ? $"({Inputs("x", ',')})" : "")}: {OutputType()}{Deprecated()}"
                )
        );

    private string Inputs(string prefix, char separator) =>
        string.Join(
            separator,
            Enumerable
                .Range(0, random.Next(1, 4))
                .Select(number =>
                {
                    var (type, defaults) = Scalars[random.Next(Scalars.Length)];
                    if (Errs())
                        type = OutputType();
                    var value = random.Next(2) == 0 ? $" = {defaults[random.Next(defaults.Length)]}" : "";
                    return $"{Description()}{prefix}{number}: {type}{value}{Deprecated()}";
                })
        );

    private string OutputType()
    {
        string[] types = ["Int", "String", "Anything", "E0", "E1", "I0", "Deep", "O0", "O1", "O2", "U", "ID"];
        var type = Errs() ? (random.Next(2) == 0 ? "In0" : "Missing") : types[random.Next(types.Length)];
        return random.Next(5) switch
        {
            0 => $"[{type}]",
            1 => $"{type}!",
            2 => $"[{type}!]!",
            _ => type,
        };
    }

    private string Description() => random.Next(5) == 0 ? Descriptions[random.Next(Descriptions.Length)] : "";

    private string Deprecated() =>
        random.Next(10) switch
        {
            0 => " @deprecated",
            1 => " @deprecated(reason: \"why \\\"not\\\"\")",
            _ => "",
        };

    private string Url() => random.Next(2) == 0 ? " @specifiedBy(url: \"https://example.com/anything\")" : "";

    private bool Errs() => random.NextDouble() < mistakes;
}
