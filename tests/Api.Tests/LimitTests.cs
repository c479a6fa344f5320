using EventPipeline.GraphQL;
using EventPipeline.GraphQL.Execution;
using EventPipeline.GraphQL.Language;
using EventPipeline.GraphQL.Limits;
using EventPipeline.GraphQL.Tests.Generation;
using EventPipeline.GraphQL.Validation;
using EventPipeline.TestSupport;

namespace EventPipeline.Api.Tests;

/// <summary>What the API lets anybody ask for, whatever the shape of it, and what costs too much.</summary>
public sealed class LimitTests
{
    private readonly OperationCache operations = new(
        ApiFixture.Schema,
        ParserOptions.Default,
        limits: Configuration.Limits
    );

    /// <summary>As GraphiQL, Apollo's tools and code generators send it.</summary>
    [Fact]
    public async Task Tools_may_ask_for_the_schema()
    {
        var query = await File.ReadAllTextAsync(Repository.PathOf("tests/GraphQL.Tests/Corpus/introspection.graphql"));

        (await AskAsync(query)).Errors.ShouldBeEmpty();
    }

    /// <summary>Deep and wide, but over few rows.</summary>
    [Fact]
    public async Task The_shape_of_a_question_is_almost_free()
    {
        var aliases = string.Join(' ', Enumerable.Range(0, 100).Select(number => $"a{number}: status"));
        var deep = Enumerable
            .Range(0, 6)
            .Aggregate($"id {aliases}", (inner, _) => $"video {{ jobs(first: 2) {{ nodes {{ {inner} }} }} }}");

        (await CostAsync($"{{ jobs(first: 5) {{ nodes {{ {deep} }} }} }}")).ShouldBeLessThan(
            Configuration.Limits.MaximumCost / 10
        );
    }

    [Fact]
    public async Task A_page_of_jobs_with_all_that_they_found_is_allowed()
    {
        const string query = """
            { jobs(first: 50) { nodes { silences { start } scenes { start } segments { topic measures { value } } highlights { title clip { name video { url } } }
              removed { reason } clips { video { url } srt { url } provenance { stage } } costs { total { seconds } entries { stage } }
              stages { items { name } } timeline { nodes { sentence } } transcript { sentences(first: 100) { nodes { text } } } video { fileName } } } }
            """;

        (await CostAsync(query)).ShouldBeLessThan(Configuration.Limits.MaximumCost / 2);
    }

    /// <summary>As tools make them of the schema, right ones and wrong ones: a limit never takes the place of what is wrong, and of those
    /// that are right none is refused for its shape.</summary>
    [Theory]
    [InlineData(0.0, 100)]
    [InlineData(0.03, 10)]
    public async Task Documents_of_generators_are_judged_by_validation_alone(double mistakes, int atLeastValid)
    {
        var valid = 0;
        for (var seed = 0; seed < 400; seed++)
        {
            var text = DocumentGenerator.Document(ApiFixture.Schema, new Random(seed), mistakes);
            DocumentNode document;
            try
            {
                document = Parser.Parse(text);
            }
            catch (GraphQLSyntaxException)
            {
                continue;
            }
            var name = document.Definitions.OfType<OperationNode>().First().Name?.Value;
            var expected = DocumentValidator.Validate(ApiFixture.Schema, document);

            var (operation, errors) = operations.Prepare(text, name);

            errors.Select(error => error.Message).ShouldBe(expected.Select(error => error.Message), text);
            if (operation is null)
                continue;
            valid++;
            (await ExecuteAsync(operation)).Errors.ShouldAllBe(error => !IsLimit(error), text);
        }
        valid.ShouldBeGreaterThanOrEqualTo(atLeastValid);
    }

    [Theory]
    [InlineData(
        "{ jobs(first: 100) { nodes { video { jobs(first: 100) { nodes { timeline(first: 1000) { nodes { type } } } } } } } }"
    )]
    [InlineData(
        "{ videos(first: 100) { edges { node { jobs(first: 100) { nodes { video { jobs(first: 100) { nodes { id } } } } } } } } }"
    )]
    [InlineData(
        "query ($n: Int) { jobs(first: $n) { nodes { transcript { sentences(first: 1000) { nodes { text } } } } } jobs(first: $n) { nodes { timeline(first: 1000) { nodes { type } } } } }"
    )]
    public async Task Long_lists_in_long_lists_cost_too_much(string query)
    {
        var error = (await AskAsync(query, """{"n": 100}""")).Errors.ShouldHaveSingleItem();

        error.Extensions!["code"].ShouldBe("COST_LIMIT_EXCEEDED");
    }

    /// <summary>A list refuses more than its largest page by itself, so that it costs no more.</summary>
    [Fact]
    public async Task Looking_into_the_past_and_searching_have_their_price()
    {
        (await CostAsync("{ job(id: \"x\") { id } }")).ShouldBe(1);
        (await CostAsync("{ job(id: \"x\", asOf: {position: \"1/1\"}) { id } }")).ShouldBe(101);
        (await CostAsync("{ searchTranscripts(text: \"x\", first: 2000000000) { nodes { text } } }")).ShouldBe(151);
        (await CostAsync("{ nodes(ids: [\"x\", \"y\", \"z\"]) { id } }")).ShouldBe(3);
        (await CostAsync("mutation { cancelJob(input: {jobId: \"x\"}) { appended } }")).ShouldBe(11);
    }

    private async Task<double> CostAsync(string query)
    {
        var error = (await AskAsync(query, limits: Configuration.Limits with { MaximumCost = 0 })).Errors[0];
        return (double)error.Extensions!["found"]!;
    }

    private async Task<ExecutionResult> AskAsync(string query, string variables = "{}", OperationLimits? limits = null)
    {
        var (operation, errors) = operations.Prepare(query, null);
        errors.ShouldBeEmpty(query);
        return await ExecuteAsync(operation!, variables, limits);
    }

    private static async Task<ExecutionResult> ExecuteAsync(
        PreparedOperation operation,
        string variables = "{}",
        OperationLimits? limits = null
    )
    {
        using var json = System.Text.Json.JsonDocument.Parse(variables);
        // Nothing of this has to do with what there is.
        var executor = new Executor(
            new ExecutionOptions { Limits = limits ?? Configuration.Limits, OnUnexpectedError = _ => { } }
        );
        return await executor.ExecuteAsync(operation, new ExecutionRequest(json.RootElement.Clone()));
    }

    private static bool IsLimit(GraphQLError error) =>
        error.Extensions?.GetValueOrDefault("code") is "COST_LIMIT_EXCEEDED";
}
