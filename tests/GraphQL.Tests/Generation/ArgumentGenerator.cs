using EventPipeline.GraphQL.Types;

namespace EventPipeline.GraphQL.Tests.Generation;

/// <summary>Writes one field with arguments, in which variables stand anywhere: given, null, with defaults, or missing.</summary>
public sealed class ArgumentGenerator(Random random)
{
    private readonly List<string> definitions = [];
    private readonly List<string> values = [];

    public static (int Schema, string Operation, string Json) Ask(Schema[] schemas, Random random)
    {
        int schema;
        Field[] fields;
        do
        {
            schema = random.Next(schemas.Length);
            fields = [.. schemas[schema].Query!.Fields.Where(field => field.Arguments.Count > 0)];
        } while (fields.Length == 0);
        var generator = new ArgumentGenerator(random);
        var field = fields[random.Next(fields.Length)];
        var arguments = field
            .Arguments.Where(argument => argument.IsRequired || random.Next(3) > 0)
            .Select(argument => $"{argument.Name}: {generator.Value(argument.Type, 0)}")
            .ToArray();
        var call = arguments.Length == 0 ? "" : $"({string.Join(", ", arguments)})";
        var variables = generator.definitions.Count == 0 ? "" : $"({string.Join(", ", generator.definitions)})";
        return (schema, $"query {variables} {{ {field.Name}{call} }}", $"{{{string.Join(", ", generator.values)}}}");
    }

    private string Value(GraphQLType type, int depth)
    {
        if (random.Next(3) == 0)
            return Variable(type);
        switch (type.Nullable)
        {
            case ListType list when random.Next(3) > 0:
                return $"[{string.Join(", ", Enumerable.Range(0, random.Next(3)).Select(_ => Value(list.OfType, depth + 1)))}]";
            case InputObjectType input when depth < 3:
                var fields = input.IsOneOf
                    ? [input.Fields[random.Next(input.Fields.Count)]]
                    : input.Fields.Where(field => field.IsRequired || random.Next(3) == 0);
                return $"{{{string.Join(", ", fields.Select(field => $"{field.Name}: {Value(field.Type, depth + 1)}"))}}}";
            case ScalarType { Name: "JSON" }:
                return $"{{a: {Variable(type)}, b: [{Variable(type)}, 1.5]}}";
            default:
                return JsonGenerator.Literal(new JsonGenerator(random, 0.02).Value(type));
        }
    }

    private string Variable(GraphQLType type)
    {
        var name = $"v{definitions.Count}";
        var declared = random.Next(2) == 0 ? type.Nullable : type;
        var generator = new JsonGenerator(random, 0.02);
        var hasDefault = random.Next(4) == 0;
        definitions.Add(
            $"${name}: {declared}{(hasDefault ? $" = {JsonGenerator.Literal(generator.Value(declared))}" : "")}"
        );
        if (random.Next(3) > 0)
            values.Add($"\"{name}\": {generator.Value(declared)?.ToJsonString() ?? "null"}");
        return $"${name}";
    }
}
