using System.Collections;
using System.Text.Json.Nodes;
using EventPipeline.GraphQL.Language;
using EventPipeline.GraphQL.Tests.Reference;
using EventPipeline.GraphQL.Types;
using EventPipeline.GraphQL.Validation;
using EventPipeline.GraphQL.Values;

namespace EventPipeline.GraphQL.Tests.Types;

/// <summary>Introspection tells the same of every schema as that of the reference implementation. The little executor here knows what
/// introspection needs, and no more.</summary>
public sealed class IntrospectionTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Schemas_describe_themselves_alike()
    {
        var query = TestCorpus.Read("introspection.graphql");
        var schemas = TestCorpus.Schemas.Select((text, number) => new Question("schema", text, $"{number}")).ToArray();
        var answers = await ReferenceImplementation.AskAsync([
            .. schemas,
            .. schemas.Select(schema => new Question("introspect", query, schema.Name)),
        ]);

        var differences = new Differences();
        foreach (var (text, answer) in TestCorpus.Schemas.Zip(answers.Skip(schemas.Length)))
        {
            var expected = JsonNode.Parse(answer.Text!)!;
            expected["errors"].ShouldBeNull();
            differences.Compare(text, Execute(SchemaReader.Read(text), query), expected["data"]!.ToJsonString());
        }
        output.WriteLine($"introspection of {schemas.Length} schemas");
        differences.ShouldBeNone();
    }

    private static string Execute(Schema schema, string text)
    {
        var document = Parser.Parse(text);
        DocumentValidator.Validate(schema, document).ShouldBeEmpty();
        var operation = document.Definitions.OfType<OperationNode>().Single();
        return new Executor(schema, document).Execute(schema.Query!, null, operation.SelectionSet).ToJsonString();
    }

    private sealed class Executor(Schema schema, DocumentNode document)
    {
        public JsonObject Execute(ObjectType type, object? source, SelectionSetNode selectionSet)
        {
            var result = new JsonObject();
            foreach (var selection in selectionSet.Selections)
            {
                if (selection is FieldNode node)
                {
                    var field = schema.FindField(type, node.Name.Value)!;
                    var (arguments, error) = ArgumentCoercion.Coerce(
                        field.Arguments,
                        node.Arguments,
                        VariableValues.None,
                        node.Location
                    );
                    error.ShouldBeNull();
                    var value = field.Resolver!(new Context(schema, type, source, arguments));
                    result[node.ResponseName] = Complete(field.Type.Named, value, node.SelectionSet);
                }
                else if (selection is FragmentSpreadNode spread)
                {
                    var fragment = document
                        .Definitions.OfType<FragmentNode>()
                        .Single(one => one.Name.Value == spread.Name.Value);
                    foreach (var (name, value) in Execute(type, source, fragment.SelectionSet).ToArray())
                        result[name] = value?.DeepClone();
                }
            }
            return result;
        }

        private JsonNode? Complete(NamedType type, object? value, SelectionSetNode? selectionSet) =>
            value switch
            {
                null => null,
                string text => text,
                bool truth => truth,
                IEnumerable list when type is not ObjectType || value is not GraphQLType => new JsonArray([
                    .. list.Cast<object?>().Select(item => Complete(type, item, selectionSet)),
                ]),
                _ => Execute((ObjectType)type, value, selectionSet!),
            };
    }

    private sealed record Context(
        Schema Schema,
        ObjectType ParentType,
        object? Source,
        IReadOnlyDictionary<string, object?> Arguments
    ) : IFieldContext
    {
        public object? Argument(string name) => Arguments.GetValueOrDefault(name);
    }
}
