using EventPipeline.GraphQL.Types;
using EventPipeline.TestSupport;

namespace EventPipeline.Api.Tests;

/// <summary>Clients are written against the schema, so it changes only where somebody wants it to.</summary>
public sealed class SchemaTests
{
    private const string File = "src/Api/schema.graphql";

    /// <summary>Changes that break clients need a second word: EVENTPIPELINE_BREAKING=yes beside EVENTPIPELINE_GOLDEN=write.</summary>
    [Fact]
    public async Task The_schema_is_the_one_in_the_repository()
    {
        var text = await System.IO.File.ReadAllTextAsync(Repository.PathOf(File));
        if (Environment.GetEnvironmentVariable("EVENTPIPELINE_BREAKING") != "yes")
            BreakingChanges.Between(SchemaReader.Read(text), ApiFixture.Schema).ShouldBeEmpty();

        await GoldenText.ShouldMatchAsync(File, SchemaPrinter.Print(ApiFixture.Schema));
    }

    [Theory]
    [InlineData("type Query { a: Int b: Int }", "Query.b is gone.")]
    [InlineData("type Query { a: Int! }", "Query.a was Int! and is Int.")]
    [InlineData("type Query { a(x: Int): Int }", "Query.a(x:) is gone.")]
    [InlineData("type Query { a: Int } enum E { A B }", "E.B is gone.")]
    [InlineData("type Query { a: Int } enum F { A }", "F is gone.")]
    [InlineData("type Query { a: Int } input I { x: Int }", "I.y has to be given.")]
    [InlineData("type Query { a: Int } input I { x: Int! y: Int! }", null)]
    [InlineData("type Query { a: Int } union U = Query | T type T { a: Int }", "U is never T any more.")]
    public void What_breaks_clients_is_noticed(string before, string? breaking)
    {
        const string now =
            "type Query { a: Int c(z: Int): Int } enum E { A C } input I { x: Int y: Int! } union U = Query type T { a: Int }";

        BreakingChanges
            .Between(SchemaReader.Read(before), SchemaReader.Read(now))
            .ShouldBe(breaking is null ? [] : [breaking]);
    }

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
