namespace EventPipeline.GraphQL.Tests.Validation;

/// <summary>Documents that cost more to validate than to write, for the schema with the dogs.</summary>
public static class HostileDocuments
{
    public static IEnumerable<(string What, string Text)> All =>
        [
            ("many fields of one name", Query(Many(2000, number => $"dog {{ name(surname: {number % 2 == 0}) }} "))),
            ("many equal fields of one name", Query(Many(900, _ => "dog { name } "))),
            ("many leaves of one name", Query($"dog {{ {Many(2000, _ => "name ")} }}")),
            ("many aliases", Query(Many(3000, number => $"a{number}: dog {{ name }} "))),
            ("more than a hundred errors", Query(Many(150, number => $"unknown{number} "))),
            ("nested pairs", Query(Nested(12, inner => $"dog {{ mother {{ {inner} }} mother {{ {inner} }} }}"))),
            ("fields that are deep and meet often", Query(Nested(60, inner => $"dog {{ {inner} }} dog {{ name }}"))),
            (
                "fragments that spread all later ones",
                Query("dog { ...F0 }")
                    + Many(
                        120,
                        number =>
                            $"fragment F{number} on Dog {{ name {Many(120, later => later > number ? $"...F{later} " : "")} }} "
                    )
            ),
            (
                "fragments that spread each other",
                Query("dog { ...F0 }")
                    + Many(
                        60,
                        number =>
                            $"fragment F{number} on Dog {{ a{number}: name {Many(60, other => $"...F{other} ")} }} "
                    )
            ),
            (
                "fragments that double",
                Query("dog { ...F0 }")
                    + Many(
                        40,
                        number =>
                            $"fragment F{number} on Dog {{ mother {{ ...F{number + 1} }} father {{ ...F{number + 1} }} }} "
                    )
                    + "fragment F40 on Dog { name }"
            ),
            (
                "fragments that meet themselves deeper and deeper",
                Query("dog { ...F ...G }")
                    + "fragment F on Dog { mother { ...F ...G mother { ...F } } } fragment G on Dog { mother { ...G ...F father { ...F } } }"
            ),
            (
                "a long chain of fragments",
                Query("dog { ...F0 }")
                    + Many(1500, number => $"fragment F{number} on Dog {{ ...F{number + 1} }} ")
                    + "fragment F1500 on Dog { name }"
            ),
            (
                "a long cycle of fragments",
                Query("dog { ...F0 }")
                    + Many(500, number => $"fragment F{number} on Dog {{ ...F{(number + 1) % 500} }} ")
            ),
            (
                "many operations with the same fragments",
                Many(200, number => $"query Q{number} {{ dog {{ ...F0 }} }} ")
                    + Many(200, number => $"fragment F{number} on Dog {{ name ...F{number + 1} }} ")
                    + "fragment F200 on Dog { name }"
            ),
            (
                "many operations with different fragments",
                Many(300, number => $"query Q{number} {{ dog {{ ...F{number} }} }} ")
                    + Many(300, number => $"fragment F{number} on Dog {{ name ...F{number + 1} }} ")
                    + "fragment F300 on Dog { name }"
            ),
            (
                "many operations with many variables",
                Many(100, number => $"query Q{number}($v: Boolean) {{ dog {{ ...F }} }} ")
                    + $"fragment F on Dog {{ {Many(600, number => $"a{number}: name(surname: $v) ")} }}"
            ),
            (
                "a subscription with a wide root",
                $"subscription {{ {Many(60_0, number => $"a{number}: importantEmails ")} }}"
            ),
            (
                "introspection by way of fragments",
                Query("__schema { types { ...A } }")
                    + "fragment A on __Type { fields { type { ...B } } } fragment B on __Type { ofType { ...A } interfaces { ...A ...B } }"
            ),
            (
                "deep literals",
                Query(
                    $"complicatedArgs {{ a: complexArgField(complexArg: {Nested(90, inner => $"{{more: {inner}}}", "{}")}) a: complexArgField(complexArg: {Nested(90, inner => $"{{more: {inner}}}", "{}")}) }}"
                )
            ),
            (
                "the same name by inline fragments",
                Query(Many(400, number => $"... on Query {{ dog {{ x: name(surname: {number % 3 == 0}) }} }} "))
            ),
        ];

    /// <summary>Fragments that lead deeper than the stack of a small thread.</summary>
    public static IEnumerable<string> Deep =>
        new[] { "{ dog { ...F0 } }", "subscription { dog { ...F0 } }", "mutation { mutateDog { ...F0 } }" }
            .Select(start =>
                start
                + Many(5000, number => $"fragment F{number} on Dog {{ ...F{number + 1} }} ")
                + "fragment F5000 on Dog { name ...F0 }"
            )
            .Concat(
                new[] { ("subscription", "Subscription"), ("mutation", "Mutation"), ("query", "Query") }.Select(root =>
                    $"{root.Item1} {{ ...F0 }} "
                    + Many(
                        5000,
                        number =>
                            $"fragment F{number} on {root.Item2} {{ ...F{number + 1} ...F{number + 1} a: __typename }} "
                    )
                    + $"fragment F5000 on {root.Item2} {{ a: __schema ...F0 }}"
                )
            );

    private static string Query(string selections) => $"{{ {selections} }} ";

    private static string Many(int count, Func<int, string> write) =>
        string.Concat(Enumerable.Range(0, count).Select(write)).Replace("True", "true").Replace("False", "false");

    private static string Nested(int depth, Func<string, string> write, string innermost = "name") =>
        Enumerable.Range(0, depth).Aggregate(innermost, (inner, _) => write(inner));
}
