using EventPipeline.GraphQL.Types;
using EventPipeline.Projections.Tests;

namespace EventPipeline.Api.Tests;

/// <summary>No list does a query for each of its rows: six parents cost as many statements as two.</summary>
public sealed class StatementTests
{
    private static readonly (string Field, string Text)[] Lists =
    [
        ("Query.jobs", "{ jobs(first: PARENTS) { nodes { id video { fileName } } } }"),
        ("Query.videos", "{ videos(first: PARENTS) { nodes { id } } }"),
        ("Video.jobs", "{ videos(first: PARENTS) { nodes { jobs(first: 3) { nodes { id video { fileName } } } } } }"),
        ("Job.timeline", "{ jobs(first: PARENTS) { nodes { timeline(first: 5) { nodes { sentence } } } } }"),
        (
            "Transcript.sentences",
            "{ jobs(first: PARENTS) { nodes { transcript { sentences(from: 1) { nodes { text } } } } } }"
        ),
        (
            "Query.searchTranscripts",
            "{ searchTranscripts(text: \"event\", first: PARENTS) { nodes { text job { status } video { fileName } } } }"
        ),
        (
            "everything",
            """
            { jobs(first: PARENTS) { nodes { silences { start } scenes { start } segments { topic } storyboard { sprite { url } }
              transcript { language } highlights { title clip { name } } removed { reason } clips { video { url } }
              costs { total { seconds } entries { stage } } stages { items { name } } } } }
            """
        ),
    ];

    [Fact]
    public async Task Statements_do_not_grow_with_the_rows()
    {
        await using var api = await ApiFixture.CreateAsync();
        await api.AppendAsync([.. Enumerable.Range(1, 6).Select(it => new History(it, owner: "local").Complete())]);

        foreach (var (field, text) in Lists)
        {
            await api.AskAsync(text.Replace("PARENTS", "6", StringComparison.Ordinal));
            var few = await api.CountStatementsAsync(text.Replace("PARENTS", "2", StringComparison.Ordinal));
            var many = await api.CountStatementsAsync(text.Replace("PARENTS", "6", StringComparison.Ordinal));

            few.ShouldBeGreaterThan(0, field);
            many.ShouldBe(few, field);
        }
    }

    /// <summary>Between two statements they could go, because a stage is run again.</summary>
    [Fact]
    public async Task Clips_and_their_files_are_read_with_one_statement()
    {
        await using var api = await ApiFixture.CreateAsync();
        await api.AppendAsync(new History(1, owner: "local").Complete());
        const string without = "{ jobs(first: 1) { nodes { clips { name } highlights { clip { name } } } } }";
        const string with = """
            query ($yes: Boolean = true) {
              jobs(first: 1) { nodes { clips { name ...Files } highlights { clip { file: thumbnail { url } } } } }
            }
            fragment Files on Clip { video @include(if: $yes) { url } provenance { stage } }
            """;

        (await api.CountStatementsAsync(with)).ShouldBe(await api.CountStatementsAsync(without));
    }

    /// <summary>What is asked for ahead is what its fields take afterwards.</summary>
    [Fact]
    public async Task A_job_with_its_video_its_stages_and_its_clips_is_four_statements()
    {
        await using var api = await ApiFixture.CreateAsync();
        var history = new History(1, owner: "local").Complete();
        await api.AppendAsync(history);
        const string selection = """
            {
              status
              video { fileName }
              stages { name }
              ... on Job { clips { name ...Files } }
            }
            """;

        var count = await api.CountStatementsAsync(
            $$"""
            query ($yes: Boolean = true) { job(id: "{{history.JobId}}") {{selection}} }
            fragment Files on Clip { video @include(if: $yes) { url } }
            """
        );

        count.ShouldBe(4);
    }

    /// <summary>Each text is prepared on each connection, and stays.</summary>
    [Fact]
    public async Task Pages_of_all_sizes_have_few_texts()
    {
        await using var api = await ApiFixture.CreateAsync();
        await api.AppendAsync(new History(1, owner: "local").Complete());
        var texts = new HashSet<string>();

        for (var size = 1; size <= 100; size++)
            texts.UnionWith(await api.TextsOfStatementsAsync($"{{ jobs(first: {size}) {{ nodes {{ id }} }} }}"));

        texts.Count.ShouldBeInRange(1, 8);
    }

    [Fact]
    public void Every_connection_is_counted() =>
        ApiFixture
            .Schema.Types.OfType<ObjectType>()
            .SelectMany(type => type.Fields)
            .Where(field => field.Type.Named.Name.EndsWith("Connection", StringComparison.Ordinal))
            .Select(field => field.ToString())
            .Except(Lists.Select(list => list.Field))
            .ShouldBeEmpty();
}
