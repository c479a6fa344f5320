using System.Text.Json.Nodes;
using EventPipeline.GraphQL.Annotations;
using EventPipeline.GraphQL.DataLoaders;
using EventPipeline.GraphQL.Execution;
using EventPipeline.GraphQL.Language;
using EventPipeline.GraphQL.Nodes;
using EventPipeline.GraphQL.Paging;
using EventPipeline.GraphQL.Types;
using EventPipeline.GraphQL.Validation;
using EventPipeline.TestSupport;

namespace EventPipeline.GraphQL.Tests.Paging;

/// <summary>Lists are read in pages whose cursors only this server can make, and objects are found again by ids that say their
/// type.</summary>
public sealed class PagingTests
{
    private static readonly Schema Books = AnnotatedSchema.Build(
        [typeof(BookQueries), typeof(BookLoaders)],
        new AnnotationOptions { Cursors = new Cursors([.. Enumerable.Range(0, 32).Select(number => (byte)number)]) }
    );

    [Fact]
    public Task Lists_and_nodes_have_the_shapes_that_clients_know() =>
        GoldenText.ShouldMatchAsync("tests/GraphQL.Tests/Corpus/paging-schema.graphql", SchemaPrinter.Print(Books));

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(10)]
    public async Task Pages_forward_and_backward_give_every_item_once(int size)
    {
        var forward = new List<string>();
        for (var (cursor, more) = ("", true); more; )
        {
            var page = await PageAsync($"first: {size}{(cursor.Length == 0 ? "" : $", after: \"{cursor}\"")}");
            forward.AddRange(Names(page));
            page["pageInfo"]!["hasPreviousPage"]!.GetValue<bool>().ShouldBe(cursor.Length > 0);
            more = page["pageInfo"]!["hasNextPage"]!.GetValue<bool>();
            cursor = (string?)page["pageInfo"]!["endCursor"] ?? "";
        }
        var backward = new List<string>();
        for (var (cursor, more) = ("", true); more; )
        {
            var page = await PageAsync($"last: {size}{(cursor.Length == 0 ? "" : $", before: \"{cursor}\"")}");
            backward.InsertRange(0, Names(page));
            page["pageInfo"]!["hasNextPage"]!.GetValue<bool>().ShouldBe(cursor.Length > 0);
            more = page["pageInfo"]!["hasPreviousPage"]!.GetValue<bool>();
            cursor = (string?)page["pageInfo"]!["startCursor"] ?? "";
        }

        forward.ShouldBe(BookQueries.All.Select(book => book.Name));
        backward.ShouldBe(forward);
    }

    [Fact]
    public async Task A_stretch_between_two_cursors_can_be_asked_for()
    {
        var all = await PageAsync("first: 10");
        var cursors = all["edges"]!.AsArray().Select(edge => (string)edge!["cursor"]!).ToArray();

        Names(await PageAsync($"first: 10, after: \"{cursors[2]}\", before: \"{cursors[6]}\""))
            .ShouldBe(["B3", "B4", "B5"]);
        Names(await PageAsync($"last: 2, after: \"{cursors[2]}\", before: \"{cursors[6]}\"")).ShouldBe(["B4", "B5"]);
        Names(await PageAsync("first: 0")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_cursor_that_was_changed_or_belongs_elsewhere_is_refused()
    {
        var cursor = (string)(await PageAsync("first: 2"))["pageInfo"]!["endCursor"]!;
        var changed = cursor[..^1] + (cursor[^1] == 'A' ? 'B' : 'A');
        string[] wrong = [changed, "", "x", "=", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", new('A', 10_000), "\u00e4"];

        foreach (var one in wrong)
            (await ErrorAsync($"{{ books(after: \"{one}\") {{ nodes {{ name }} }} }}")).ShouldBe(
                "INVALID_CURSOR: The cursor that is given as `after` is not one of this list in this order."
            );
        (await ErrorAsync($"{{ books(before: \"{cursor}\", byName: true) {{ nodes {{ name }} }} }}")).ShouldStartWith(
            "INVALID_CURSOR"
        );
    }

    [Theory]
    [InlineData("first: 11", "INVALID_PAGE: Ask for at most 10 items of Query.books at once, not for 11.")]
    [InlineData("last: -1", "INVALID_PAGE: Ask for at most 10 items of Query.books at once, not for -1.")]
    [InlineData("first: 1, last: 1", "INVALID_PAGE: Ask for the first or for the last items, not for both.")]
    public async Task Pages_have_a_size(string arguments, string problem) =>
        (await ErrorAsync($"{{ books({arguments}) {{ nodes {{ name }} }} }}")).ShouldBe(problem);

    [Fact]
    public async Task Objects_are_found_by_their_ids()
    {
        var id = (string)(await PageAsync("first: 1"))["edges"]![0]!["node"]!["id"]!;
        var author = NodeId.Format("Author", "Ada");

        NodeId.TryParse(id, out var type, out var key).ShouldBeTrue();
        (type, key).ShouldBe(("Book", "0"));
        (await AskAsync($"{{ node(id: \"{id}\") {{ __typename id ... on Book {{ name author }} }} }}")).ShouldBe(
            $$$$"""{"data":{"node":{"__typename":"Book","id":"{{{{id}}}}","name":"B0","author":"{{{{author}}}}"}}}"""
        );
        (
            await AskAsync(
                $"{{ a: book(id: \"{id}\") {{ name }} b: book(id: \"1\") {{ name }} c: book(id: \"77\") {{ name }} }}"
            )
        ).ShouldBe("""{"data":{"a":{"name":"B0"},"b":{"name":"B1"},"c":null}}""");
        (
            await AskAsync(
                $"{{ nodes(ids: [\"{author}\", \"{id}\", \"x\", \"{NodeId.Format("Book", "99")}\"]) {{ __typename }} }}"
            )
        ).ShouldBe(
            """{"errors":[{"message":"\"x\" is not the id of anything here.","locations":[{"line":1,"column":3}],"path":["nodes",2],"extensions":{"code":"INVALID_ID"}}],"data":{"nodes":[{"__typename":"Author"},{"__typename":"Book"},null,null]}}"""
        );
    }

    [Theory]
    [InlineData("{ book(id: \"QXV0aG9yOkFkYQ==\") { name } }", "\"QXV0aG9yOkFkYQ==\" is not the id of a Book.")]
    [InlineData("{ node(id: \"Qm9vazp4\") { id } }", "\"x\" is not a valid ID.")]
    [InlineData("{ node(id: \"QnVnOjE=\") { id } }", "\"QnVnOjE=\" is not the id of anything here.")]
    public async Task Other_ids_are_refused(string text, string problem) =>
        (await ErrorAsync(text)).ShouldBe("INVALID_ID: " + problem);

    [Fact]
    public void What_pages_and_nodes_need_is_told_at_start()
    {
        Should
            .Throw<AnnotationException>(() => AnnotatedSchema.Build([typeof(BookQueries), typeof(BookLoaders)]))
            .Message.ShouldContain(
                "Parameter page of EventPipeline.GraphQL.Tests.Paging.BookQueries.GetBooksAsync asks for pages, but"
            );
        Should
            .Throw<AnnotationException>(() => AnnotatedSchema.Build([typeof(Shelf)]))
            .Message.ShouldBe(
                "EventPipeline.GraphQL.Tests.Paging.Book.Author is the id of Author, which has no [NodeResolver]."
            );
        Should.Throw<ArgumentException>(() => new Cursors(new byte[8]));
    }

    private static IEnumerable<string> Names(JsonNode page) =>
        page["edges"]!.AsArray().Select(edge => (string)edge!["node"]!["name"]!);

    private static async Task<JsonNode> PageAsync(string arguments) =>
        JsonNode.Parse(
            await AskAsync(
                $"{{ books({arguments}) {{ edges {{ cursor node {{ id name }} }} pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }} }} }}"
            )
        )!["data"]!["books"]!;

    private static async Task<string> ErrorAsync(string text)
    {
        var error = JsonNode.Parse(await AskAsync(text))!["errors"]!.AsArray().ShouldHaveSingleItem();
        return $"{error!["extensions"]!["code"]}: {error["message"]}";
    }

    private static async Task<string> AskAsync(string text)
    {
        var document = Parser.Parse(text);
        DocumentValidator.Validate(Books, document).ShouldBeEmpty();
        var (operation, _) = PreparedOperation.Prepare(Books, document);
        var result = await new Executor().ExecuteAsync(
            operation!,
            new ExecutionRequest(),
            TestContext.Current.CancellationToken
        );
        return result.Text();
    }
}

public sealed record Book([property: ID] int Id, string Name)
{
    [ID<Author>]
    public string Author => "Ada";
}

public sealed record Author([property: ID] string Id);

public sealed record BookKey(int Number);

[QueryType]
public static class BookQueries
{
    public static readonly Book[] All = [.. Enumerable.Range(0, 10).Select(number => new Book(number, $"B{number}"))];

    [UsePaging(DefaultPageSize = 5, MaxPageSize = 10)]
    public static Task<Connection<Book>> GetBooksAsync(PagingArguments page, bool byName = false) =>
        page.ReadAsync<Book, BookKey>(
            byName ? "books by name" : "books",
            book => new BookKey(book.Id),
            keyset =>
            {
                var found = All.Where(book =>
                    book.Id > (keyset.After?.Number ?? -1) && book.Id < (keyset.Before?.Number ?? int.MaxValue)
                );
                return Task.FromResult<IReadOnlyList<Book>>([
                    .. (keyset.IsBackward ? found.Reverse() : found).Take(keyset.Limit),
                ]);
            }
        );

    public static Book? GetBook([ID<Book>] int id) => All.ElementAtOrDefault(id);
}

public static class BookLoaders
{
    [DataLoader]
    public static Task<Dictionary<int, Book>> GetBookByIdAsync(IReadOnlyList<int> ids) =>
        Task.FromResult(BookQueries.All.Where(book => ids.Contains(book.Id)).ToDictionary(book => book.Id));

    [NodeResolver]
    public static Task<Book?> FindAsync(int id, IDataLoader<int, Book> bookById) => bookById.LoadAsync(id);

    [NodeResolver]
    public static Author FindAuthor(string name) => new(name);
}

[QueryType]
public static class Shelf
{
    public static Book? GetBook() => null;
}
