using System.Collections;
using System.Globalization;
using System.Text.Json;
using EventPipeline.GraphQL.Language;
using EventPipeline.GraphQL.Tests.Generation;
using EventPipeline.GraphQL.Tests.Reference;
using EventPipeline.GraphQL.Types;
using EventPipeline.GraphQL.Values;

namespace EventPipeline.GraphQL.Tests.Values;

/// <summary>Literals and variables become the values, or are refused with the errors, of the reference implementation.</summary>
public sealed class CoercionAgainstTheReferenceTests(ITestOutputHelper output)
{
    private static readonly Schema[] Schemas = [.. TestCorpus.Schemas.Select(SchemaReader.Read)];
    private static readonly GraphQLType[][] InputTypes = [.. Schemas.Select(schema => TypesOf(schema).ToArray())];

    [Fact]
    public async Task Literals_are_read_alike()
    {
        var asked = Seeds.For(1500).Select(random => Ask(random, random.Next(3) * 0.1)).ToArray();
        var answers = await AskAsync(
            asked.Select(one => new Question("literal", one.Literal, $"{one.Schema}", $"{one.Type}"))
        );

        var differences = new Differences();
        foreach (var (one, answer) in asked.Zip(answers))
            differences.Compare($"{one.Type}: {one.Literal}", Read(one.Literal, one.Type), Outcome(answer));
        output.WriteLine(
            $"{asked.Length} literals, {answers.Count(answer => answer.Errors.Count > 0)} of them refused"
        );
        differences.ShouldBeNone();
    }

    [Fact]
    public async Task Variables_are_read_alike()
    {
        var asked = Seeds.For(1500).Select(random => AskVariables(random, random.Next(3) * 0.1)).ToArray();
        var answers = await AskAsync(
            asked.Select(one => new Question("variables", one.Operation, $"{one.Schema}", Variables: one.Json))
        );

        var differences = new Differences();
        foreach (var (one, answer) in asked.Zip(answers))
        {
            answer.Crash.ShouldBeNull();
            var what = $"{one.Operation} {one.Json}";
            differences.Compare(what, ReadVariables(Schemas[one.Schema], one.Operation, one.Json), Outcome(answer));
        }
        output.WriteLine(
            $"{asked.Length} sets of variables, {answers.Count(answer => answer.Errors.Count > 0)} of them refused"
        );
        differences.ShouldBeNone();
    }

    [Fact]
    public async Task Arguments_with_variables_are_read_alike()
    {
        var asked = Seeds.For(1500).Select(random => ArgumentGenerator.Ask(Schemas, random)).ToArray();
        var answers = await AskAsync(
            asked.Select(one => new Question("arguments", one.Operation, $"{one.Schema}", Variables: one.Json))
        );

        var differences = new Differences();
        foreach (var (one, answer) in asked.Zip(answers))
        {
            answer.Crash.ShouldBeNull();
            var ours = ReadArguments(Schemas[one.Schema], one.Operation, one.Json);
            // Which of several mistakes is named, and how, may differ: validation names them all before.
            var reference = answer.Errors.Count > 0 ? "refused" : Outcome(answer);
            differences.Compare($"{one.Operation} {one.Json}", ours, reference);
        }
        output.WriteLine($"{asked.Length} fields, {answers.Count(answer => answer.Errors.Count > 0)} of them refused");
        differences.ShouldBeNone();
    }

    private static string ReadArguments(Schema schema, string text, string variables)
    {
        using var json = JsonDocument.Parse(variables);
        var operation = (OperationNode)Parser.Parse(text).Definitions[0];
        var (known, errors) = VariableCoercion.Coerce(schema, operation, json.RootElement);
        if (errors.Count > 0)
            return "refused";
        var node = (FieldNode)operation.SelectionSet.Selections[0];
        var field = schema.FindField(schema.Query!, node.Name.Value)!;
        var (values, error) = ArgumentCoercion.Coerce(field.Arguments, node.Arguments, known, node.Location);
        return error is null ? $"\n{Write(values)}" : "refused";
    }

    private static async Task<IReadOnlyList<Answer>> AskAsync(IEnumerable<Question> questions)
    {
        var schemas = TestCorpus.Schemas.Select((text, number) => new Question("schema", text, $"{number}")).ToArray();
        var answers = await ReferenceImplementation.AskAsync([.. schemas, .. questions]);
        return [.. answers.Skip(schemas.Length)];
    }

    private static (int Schema, GraphQLType Type, string Literal) Ask(Random random, double mistakes)
    {
        var schema = random.Next(Schemas.Length);
        var type = InputTypes[schema][random.Next(InputTypes[schema].Length)];
        return (schema, type, JsonGenerator.Literal(new JsonGenerator(random, mistakes).Value(type)));
    }

    private static (int Schema, string Operation, string Json) AskVariables(Random random, double mistakes)
    {
        var generator = new JsonGenerator(random, mistakes);
        var schema = random.Next(Schemas.Length);
        var definitions = new List<string>();
        var values = new List<string>();
        for (var number = random.Next(1, 4); number > 0; number--)
        {
            var type = InputTypes[schema][random.Next(InputTypes[schema].Length)];
            var hasDefault = random.Next(3) == 0;
            definitions.Add(
                $"$v{number}: {type}" + (hasDefault ? $" = {JsonGenerator.Literal(generator.Value(type))}" : "")
            );
            if (random.Next(4) > 0)
                values.Add($"\"v{number}\": {generator.Value(type)?.ToJsonString() ?? "null"}");
        }
        return (
            schema,
            $"query ({string.Join(", ", definitions)}) {{ __typename }}",
            $"{{{string.Join(", ", values)}}}"
        );
    }

    private static string Read(string text, GraphQLType type)
    {
        var errors = new List<GraphQLError>();
        var literal = Parser.ParseValue(text, isConstant: true);
        new LiteralValidation((error, _) => errors.Add(error), hideSuggestions: true).Validate(literal, type);
        var isRead = LiteralCoercion.TryCoerce(literal, type, VariableValues.None, out var value);
        return $"{errors.Describe()}\n{(isRead ? Write(value) : "undefined")}";
    }

    private static string ReadVariables(Schema schema, string text, string variables)
    {
        using var json = JsonDocument.Parse(variables);
        var operation = (OperationNode)Parser.Parse(text).Definitions[0];
        var options = new GraphQL.Validation.ValidationOptions(MaximumErrors: 50, HideSuggestions: true);
        var (values, errors) = VariableCoercion.Coerce(schema, operation, json.RootElement, options);
        return $"{errors.Describe()}\n{(errors.Count == 0 ? Write(values.All) : "undefined")}";
    }

    private static string Outcome(Answer answer)
    {
        if (answer.Text is null or "undefined")
            return $"{answer.Errors.Describe()}\nundefined";
        using var json = JsonDocument.Parse(answer.Text);
        return $"{answer.Errors.Describe()}\n{Write(json.RootElement)}";
    }

    /// <summary>A value as text; numbers are alike if they are equal.</summary>
    private static string Write(object? value)
    {
        return value switch
        {
            null => "null",
            string text => JsonSerializer.Serialize(text),
            bool truth => truth ? "true" : "false",
            int or long or double => Number(Convert.ToDouble(value, CultureInfo.InvariantCulture)),
            JsonElement { ValueKind: JsonValueKind.Object } json =>
                $"{{{string.Join(',', json.EnumerateObject().Select(field => $"{field.Name}:{Write(field.Value)}"))}}}",
            JsonElement { ValueKind: JsonValueKind.Array } json =>
                $"[{string.Join(',', json.EnumerateArray().Select(item => Write(item)))}]",
            JsonElement { ValueKind: JsonValueKind.Number } json => Number(json.GetDouble()),
            JsonElement { ValueKind: JsonValueKind.String } json => JsonSerializer.Serialize(json.GetString()),
            JsonElement json => json.GetRawText(),
            IReadOnlyDictionary<string, object?> fields =>
                $"{{{string.Join(',', fields.Select(field => $"{field.Key}:{Write(field.Value)}"))}}}",
            IEnumerable list => $"[{string.Join(',', list.Cast<object?>().Select(Write))}]",
            _ => throw new ArgumentOutOfRangeException(nameof(value)),
        };

        static string Number(double number) =>
            (number + 0.0 == 0 ? 0 : number).ToString("R", CultureInfo.InvariantCulture);
    }

    private static IEnumerable<GraphQLType> TypesOf(Schema schema)
    {
        foreach (var type in schema.Types.Where(type => type is ScalarType or InputObjectType or EnumType))
        {
            yield return type;
            yield return type.NonNull;
            yield return type.List;
            yield return type.NonNull.List.NonNull;
            yield return type.List.List;
        }
    }
}
