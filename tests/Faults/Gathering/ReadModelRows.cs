using Npgsql;

namespace EventPipeline.Faults.Gathering;

/// <summary>The rows of the read models, as text.</summary>
internal static class ReadModelRows
{
    public static async Task<IReadOnlyList<string>> ReadAsync(NpgsqlDataSource dataSource, string schema)
    {
        var tables = await ListAsync(
            dataSource,
            $"select table_name::text from information_schema.tables where table_schema = '{schema}' order by 1"
        );
        var rows = new List<string>();
        foreach (var table in tables)
            rows.AddRange(
                await ListAsync(dataSource, $"select '{table} ' || to_jsonb(t)::text from {schema}.{table} t")
            );
        return rows;
    }

    private static async Task<IReadOnlyList<string>> ListAsync(NpgsqlDataSource dataSource, string query)
    {
        await using var command = dataSource.CreateCommand(query);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<string>();
        while (await reader.ReadAsync())
            rows.Add(reader.GetString(0));
        return rows;
    }
}
