using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using Npgsql;
using NpgsqlTypes;

namespace EventPipeline.Projections.Projecting;

/// <summary>A table of a read model, whose rows are written and read as records: a column for every property, in snake case. A page's
/// rows go in one statement, as one JSON array.</summary>
/// <param name="key">The primary key's columns.</param>
/// <param name="keyOf">The same of a row.</param>
/// <param name="columns">Their definitions.</param>
/// <param name="indexes">What is indexed beside the key: the part of <c>create index</c> after the table's name.</param>
internal sealed class Table<TRow>(
    string name,
    string key,
    Func<TRow, object> keyOf,
    string columns,
    params IReadOnlyList<string> indexes
)
{
    private static readonly string[] Names =
    [
        .. typeof(TRow)
            .GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.GetCustomAttribute<JsonIgnoreAttribute>() is null)
            .Select(property => JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name)),
    ];

    private readonly string assignments = string.Join(
        ", ",
        Names.Except(key.Split(", "), StringComparer.Ordinal).Select(column => $"\"{column}\" = excluded.\"{column}\"")
    );

    public string Name { get; } = name;

    /// <summary>Definition of a column that installations may not have yet; empty if there is none.</summary>
    public string Added { get; init; } = "";

    /// <summary>The primary key of a row.</summary>
    public object KeyOf(TRow row) => keyOf(row);

    public string Definition(string schema) =>
        string.Join(
            ";\n",
            indexes
                .Select(
                    (index, number) => $"create index if not exists ix_{Name}_{number + 1} on {schema}.{Name} {index}"
                )
                .Prepend(Added.Length == 0 ? "" : $"alter table {schema}.{Name} add column if not exists {Added}")
                .Prepend($"create table if not exists {schema}.{Name} ({columns}, primary key ({key}))")
                .Where(statement => statement.Length > 0)
        );

    /// <summary>Deletes the rows of jobs.</summary>
    public NpgsqlBatchCommand DeleteOfJobs(string schema, Guid[] jobs) =>
        new($"delete from {schema}.{Name} where job_id = any($1)")
        {
            Parameters = { new NpgsqlParameter<Guid[]> { TypedValue = jobs } },
        };

    /// <summary>Writes rows over those with the same key. Of several with the same key in <paramref name="rows"/>, the last counts.</summary>
    /// <param name="where">When a row that is there gives way; empty for always.</param>
    public NpgsqlBatchCommand Upsert(string schema, IEnumerable<TRow> rows, string where = "")
    {
        var last = new Dictionary<object, TRow>();
        foreach (var row in rows)
            last[keyOf(row)] = row;
        return new NpgsqlBatchCommand(
            $"""
            insert into {schema}.{Name} as old select * from json_populate_recordset(null::{schema}.{Name}, $1)
            on conflict ({key}) do update set {assignments} {where}
            """
        )
        {
            Parameters =
            {
                new NpgsqlParameter<byte[]>
                {
                    TypedValue = JsonSerializer.SerializeToUtf8Bytes(last.Values, RowJson.Options),
                    NpgsqlDbType = NpgsqlDbType.Json,
                },
            },
        };
    }
}

/// <summary>How rows are written as JSON.</summary>
internal static class RowJson
{
    public static readonly JsonSerializerOptions Options = Create();

    private static JsonSerializerOptions Create()
    {
        var options = new JsonSerializerOptions
        {
            PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        };
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }
}
