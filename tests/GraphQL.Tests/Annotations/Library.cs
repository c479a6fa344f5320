using System.Runtime.CompilerServices;
using System.Text.Json;
using EventPipeline.GraphQL.Annotations;

namespace EventPipeline.GraphQL.Tests.Annotations.Library;

// A small schema that uses everything that can be said in C#.

/// <summary>Something that has an <c>id</c>.</summary>
[InterfaceType]
public interface INode
{
    /// <summary>Unique among all.</summary>
    [ID]
    string Id { get; }
}

/// <summary>What a search finds.</summary>
[UnionType]
public interface ISearchResult;

/// <summary>How a film ended.</summary>
public enum Ending
{
    /// <summary>All is well.</summary>
    Happy,
    OpenEnd,

    [GraphQLDeprecated("Say `HAPPY`.")]
    [GraphQLName("SWEET")]
    GoodAndSweet,

    [GraphQLIgnore]
    Unknown,
}

/// <summary>A film, told in <see cref="Minutes" />.</summary>
/// <param name="Minutes">How long it lasts.</param>
public sealed record Film(
    [property: ID] string Id,
    string Title,
    int? Minutes,
    Ending Ending,
    IReadOnlyList<string> Genres,
    string?[] Prizes,
    [property: GraphQLIgnore] string Secret
) : INode, ISearchResult
{
    public long Views => 5_000_000_000;

    public decimal Rating => 4.5m;

    [GraphQLDeprecated("Ask for `title`.")]
    public string URLPath => "/films/" + Id;
}

[GraphQLName("Person")]
public sealed record Actor([property: ID] string Id, string Name) : INode, ISearchResult;

/// <summary>What to look for.</summary>
/// <param name="Genre">Only this genre.</param>
/// <param name="MinimumMinutes">At least so long.</param>
public sealed record FilmFilter(
    string? Genre = null,
    int MinimumMinutes = 0,
    Ending[]? Endings = null,
    Ending Preferred = Ending.OpenEnd,
    double Weight = 1.5,
    FilmFilter? Or = null
);

/// <summary>A film by one of its names.</summary>
[OneOf]
public sealed record FilmChoice(string? Title = null, [property: ID] Guid? Id = null);

public sealed record Greeting(string Name);

/// <summary>Comes from the services of a request.</summary>
public sealed record Reader(string Name);

/// <summary>Needs no mark: the container knows it.</summary>
public interface IClock
{
    DateTimeOffset Time { get; }
}

[QueryType]
public static class FilmQueries
{
    public static readonly Film[] All =
    [
        new("1", "The Long Dark", 141, Ending.Happy, ["drama"], ["gold", null], "x"),
        new("2", "Short", null, Ending.OpenEnd, [], [], "y"),
    ];

    /// <summary>All films.</summary>
    /// <param name="filter">Which ones.</param>
    public static IReadOnlyList<Film> GetFilms(FilmFilter? filter = null, int first = 10) =>
        [.. All.Where(film => (film.Minutes ?? 0) >= (filter?.MinimumMinutes ?? 0)).Take(first)];

    public static async Task<Film?> GetFilmAsync([ID] string id, CancellationToken cancellation)
    {
        await Task.Yield();
        cancellation.ThrowIfCancellationRequested();
        return All.FirstOrDefault(film => film.Id == id);
    }

    public static ValueTask<INode?> GetNode([ID] string id) => new(All.FirstOrDefault(film => film.Id == id));

    public static IEnumerable<ISearchResult> Search() => [All[0], new Actor("7", "Ada")];

    public static string Choose(FilmChoice choice) => choice.Title ?? $"{choice.Id:D}";
}

[QueryType]
public static class OtherQueries
{
    public static string GetGreeting([Service] Reader reader, Reader further, IClock clock) =>
        $"{reader.Name}, {further.Name}, {clock.Time:yyyy}";

    public static DateTimeOffset Later(DateTimeOffset than, TimeSpan by) => than + by;

    public static Uri? Address(
        Uri? of,
        Guid? id = null,
        JsonElement? json = null,
        long? large = null,
        short? small = null
    ) => of is null ? null : new Uri(of, $"{id:N}/{json?.GetRawText()}/{large}/{small}");

    [Authorize]
    public static string Known() => "known";

    [Authorize("librarian")]
    public static async Task<string> KeyAsync()
    {
        await Task.Yield();
        return "key";
    }
}

/// <summary>What the reference implementation can be asked too: values without arguments, and arguments as text.</summary>
[QueryType]
public static class EchoQueries
{
    public static string Echo(
        string text = "none",
        int number = -3,
        bool isGood = true,
        Ending? ending = null,
        string[]? list = null,
        double[][]? matrix = null,
        FilmFilter? filter = null,
        [ID] string? id = null
    ) =>
        Echoes.Write(
            ("text", text),
            ("number", number),
            ("isGood", isGood),
            ("ending", ending),
            ("list", list),
            ("matrix", matrix),
            ("filter", filter),
            ("id", id)
        );

    public static Film[] GetShelf() => FilmQueries.All;

    public static INode GetFirst() => FilmQueries.All[0];

    public static async Task<ISearchResult?[]> GetFoundAsync()
    {
        await Task.Yield();
        return [FilmQueries.All[1], null, new Actor("7", "Ada")];
    }

    public static Film? GetNothing() => null;
}

[MutationType]
public static class FilmMutations
{
    public static Film Rename([ID] string id, string title) =>
        FilmQueries.All.First(film => film.Id == id) with
        {
            Title = title,
        };
}

[SubscriptionType]
public static class FilmSubscriptions
{
    public static async IAsyncEnumerable<Film> OnFilm(
        int count,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        foreach (var film in FilmQueries.All.Take(count))
        {
            await Task.Yield();
            cancellation.ThrowIfCancellationRequested();
            yield return film;
        }
    }
}

[ExtendObjectType<Film>]
public static class FilmExtensions
{
    /// <summary>Who plays in it.</summary>
    public static Actor[] GetCast([Parent] Film film) => [new(film.Id + "a", "Ada"), new(film.Id + "b", "Bo")];

    public static string GetTitle([Parent] Film film, bool loud = false) =>
        loud ? film.Title.ToUpperInvariant() : film.Title;
}

/// <summary>Arguments as reference.js writes them.</summary>
internal static class Echoes
{
    public static string Write(params (string Name, object? Value)[] arguments) =>
        JsonSerializer.Serialize(arguments.ToDictionary(one => one.Name, one => Plain(one.Value)));

    private static object? Plain(object? value) =>
        value switch
        {
            Ending ending => ending == Ending.GoodAndSweet ? "SWEET"
            : ending == Ending.OpenEnd ? "OPEN_END"
            : "HAPPY",
            FilmFilter it => new Dictionary<string, object?>
            {
                ["genre"] = it.Genre,
                ["minimumMinutes"] = it.MinimumMinutes,
                ["endings"] = it.Endings?.Select(one => Plain(one)),
                ["preferred"] = Plain(it.Preferred),
                ["weight"] = it.Weight,
                ["or"] = Plain(it.Or),
            },
            _ => value,
        };
}
