using System.Text.Json;
using EventPipeline.GraphQL.Annotations;
using EventPipeline.GraphQL.DataLoaders;
using EventPipeline.GraphQL.Execution;
using EventPipeline.GraphQL.Language;
using EventPipeline.GraphQL.Tests.Annotations.Library;
using EventPipeline.GraphQL.Tests.Reference;
using EventPipeline.GraphQL.Types;
using EventPipeline.GraphQL.Validation;
using EventPipeline.TestSupport;

namespace EventPipeline.GraphQL.Tests.Annotations;

/// <summary>A schema made of annotated C# is the one that its declarations say, and executes as any other.</summary>
public sealed class AnnotatedSchemaTests
{
    private static readonly Schema Library = Build();

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_prints_as_expected_and_as_the_reference_implementation_reads_it()
    {
        var printed = SchemaPrinter.Print(Library);

        await GoldenText.ShouldMatchAsync("tests/GraphQL.Tests/Corpus/annotated-schema.graphql", printed);
        var answers = await ReferenceImplementation.AskAsync([new Question("schema", printed, "library")]);
        answers[0].Errors.ShouldBeEmpty();
        answers[0].Text.ShouldBe(printed);
    }

    [Fact]
    public async Task Arguments_are_typed_values()
    {
        (await AskAsync("""{ later(than: "2026-11-27T10:00:00+01:00", by: "PT90M") }""")).ShouldBe(
            """{"data":{"later":"2026-11-27T10:30:00.000Z"}}"""
        );
        (
            await AskAsync(
                """{ address(of: "http://h/", id: "0199c1a2-6f4e-7c3a-9f1b-2d3c4b5a6978", json: {a: [1]}, large: 9007199254740993, small: 7) }"""
            )
        ).ShouldBe(
            """{"data":{"address":"http://h/0199c1a26f4e7c3a9f1b2d3c4b5a6978/{\"a\":[1]}/9007199254740993/7"}}"""
        );
        (
            await AskAsync(
                """{ a: choose(choice: {title: "T"}) b: choose(choice: {id: "0199c1a2-6f4e-7c3a-9f1b-2d3c4b5a6978"}) }"""
            )
        ).ShouldBe("""{"data":{"a":"T","b":"0199c1a2-6f4e-7c3a-9f1b-2d3c4b5a6978"}}""");
        (await AskAsync("{ address(small: 70000) choose(choice: {id: 1}) }")).ShouldBe(
            """{"errors":[{"message":"70000 is out of range.","locations":[{"line":1,"column":3}],"path":["address"]},{"message":"\"1\" is not a valid ID.","locations":[{"line":1,"column":25}],"path":["choose"],"extensions":{"code":"INVALID_ID"}}],"data":null}"""
        );
    }

    [Theory]
    [InlineData("2026-11-27T10:00:00.12Z", "2026-11-27T10:00:01.120Z")]
    [InlineData("2026-11-27T10:00:00.123456Z", "2026-11-27T10:00:01.123456Z")]
    [InlineData("2026-11-27T10:00:00.1234567Z", "2026-11-27T10:00:01.1234567Z")]
    public async Task Moments_keep_all_their_digits(string than, string later) =>
        (await AskAsync($$"""{ later(than: "{{than}}", by: "PT1S") }""")).ShouldBe(
            $$$"""{"data":{"later":"{{{later}}}"}}"""
        );

    [Theory]
    [InlineData("""{ later(than: "2026-11-27", by: "PT1S") }""", "DateTime cannot represent value: \"2026-11-27\"")]
    [InlineData("""{ later(than: "2026-11-27T10:00:00", by: "PT1S") }""", "DateTime cannot represent value")]
    [InlineData("""{ later(than: "2026-11-27T10:00:00Z", by: "90 minutes") }""", "Duration cannot represent value")]
    [InlineData("""{ address(id: "7") }""", "UUID cannot represent value: \"7\"")]
    [InlineData("""{ address(large: 9223372036854775808) }""", "Long cannot represent value: 9223372036854775808")]
    [InlineData("""{ address(of: 1) }""", "URL cannot represent value: 1")]
    public void Values_that_a_scalar_does_not_know_are_refused(string text, string reason) =>
        DocumentValidator.Validate(Library, Parser.Parse(text)).ShouldHaveSingleItem().Message.ShouldStartWith(reason);

    [Fact]
    public async Task Parameters_come_from_the_services_of_the_request()
    {
        (await AskAsync("{ greeting }")).ShouldBe("""{"data":{"greeting":"Ada, Ada, 2026"}}""");
    }

    [Fact]
    public async Task What_needs_a_permission_asks_whoever_decides()
    {
        (await AskAsync("{ known key }")).ShouldBe("""{"data":{"known":"known","key":"key"}}""");
        (await AskAsync("{ key }", "stranger")).ShouldBe(
            """{"errors":[{"message":"The caller is not allowed to do this.","locations":[{"line":1,"column":3}],"path":["key"],"extensions":{"code":"NOT_ALLOWED"}}],"data":null}"""
        );
    }

    [Fact]
    public async Task A_subscription_gives_its_events_to_its_field()
    {
        var field = Library.Subscription!.Fields.Find("onFilm")!;
        var titles = new List<string>();
        await foreach (var film in field.Subscribe!(new Given(Arguments: new() { ["count"] = 2 })))
            titles.Add(((Film)field.Resolver!(new Given(film))!).Title);

        titles.ShouldBe(["The Long Dark", "Short"]);
    }

    [Fact]
    public void Values_that_are_there_at_once_come_without_a_task()
    {
        var field = ((ObjectType)Library.Find("Film")!).Fields.Find("cast")!;

        field.Resolver!(new Given(FilmQueries.All[0])).ShouldBeOfType<Actor[]>();
    }

    private static Schema Build() =>
        AnnotatedSchema.Build(
            typeof(AnnotatedSchemaTests).Assembly.GetTypes().Where(type => type.Namespace == typeof(Film).Namespace),
            new AnnotationOptions
            {
                IsService = type => type == typeof(Reader) || type == typeof(IClock),
                Authorize = async (context, policy) =>
                {
                    var reader = (Reader)context.Services!.GetService(typeof(Reader))!;
                    if (policy is not null)
                        await Task.Yield();
                    return policy is null || reader.Name == "Ada";
                },
            }
        );

    private static async Task<string> AskAsync(string text, string reader = "Ada") =>
        (await ExecuteAsync(text, "{}", reader)).Text();

    private static async Task<ExecutionResult> ExecuteAsync(string text, string variables, string reader = "Ada")
    {
        var document = Parser.Parse(text);
        DocumentValidator.Validate(Library, document).ShouldBeEmpty();
        var (operation, error) = PreparedOperation.Prepare(Library, document);
        error.ShouldBeNull();
        using var json = JsonDocument.Parse(variables);
        var request = new ExecutionRequest(json.RootElement, Services: new Services(reader));
        return await new Executor(new ExecutionOptions { HideSuggestions = true }).ExecuteAsync(
            operation!,
            request,
            Now
        );
    }

    /// <summary>A field that is asked alone.</summary>
    private sealed record Given(object? Source = null, Dictionary<string, object?>? Arguments = null) : IFieldContext
    {
        public Schema Schema => Library;
        public ObjectType ParentType => Library.Query!;
        public Field Field => ParentType.Fields[0];
        public ResponsePath Path => new(null, "field");
        public object? Root => null;
        public IServiceProvider? Services => null;
        public CancellationToken Cancellation => Now;
        public DataLoaderScope Loaders => new(null, Now);

        public object? Argument(string name) => Arguments?.GetValueOrDefault(name);

        public bool HasArgument(string name) => Arguments?.ContainsKey(name) == true;

        public IEnumerable<SelectedField> Selected(ObjectType type) => [];
    }

    private sealed class Services(string reader) : IServiceProvider, IClock
    {
        public DateTimeOffset Time => new(2026, 11, 27, 0, 0, 0, TimeSpan.Zero);

        public object? GetService(Type serviceType) =>
            serviceType == typeof(Reader) ? new Reader(reader)
            : serviceType == typeof(IClock) ? this
            : null;
    }
}
