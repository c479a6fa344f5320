using EventPipeline.GraphQL.Types;
using EventPipeline.TestSupport;

namespace EventPipeline.Api.Tests;

/// <summary>Clients are written against the schema, so it changes only where somebody wants it to.</summary>
public sealed class SchemaTests
{
    [Fact]
    public Task The_schema_is_the_one_in_the_repository() =>
        GoldenText.ShouldMatchAsync("src/Api/schema.graphql", SchemaPrinter.Print(ApiFixture.Schema));

    [Fact]
    public void Everything_in_it_is_described()
    {
        var undescribed = ApiFixture
            .Schema.Types.OfType<FieldsType>()
            .Where(type => !type.Name.StartsWith("__", StringComparison.Ordinal))
            .SelectMany(type => type.Fields)
            .Where(field => field.Description is null)
            .Select(field => field.ToString());

        undescribed.ShouldBeEmpty();
    }
}
