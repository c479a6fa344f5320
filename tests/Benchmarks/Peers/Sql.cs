using Npgsql;

namespace EventPipeline.Benchmarks.Peers;

/// <summary>Questions to the peers' databases.</summary>
internal static class Sql
{
    /// <summary>The first column, without the rows where it is null.</summary>
    public static async Task<double[]> NumbersAsync(NpgsqlCommand command, CancellationToken cancellation)
    {
        var numbers = new List<double>();
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            if (!await reader.IsDBNullAsync(0, cancellation))
                numbers.Add(Convert.ToDouble(reader.GetValue(0)));
        }
        return [.. numbers];
    }

    /// <summary>All effects and different ones, in this order.</summary>
    public static async Task<StageCounts> CountsAsync(NpgsqlCommand command, long begun, CancellationToken cancellation)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        await reader.ReadAsync(cancellation);
        return new StageCounts(reader.GetInt64(0), reader.GetInt64(1), begun);
    }

    /// <summary>The same server and database in the notation of libpq.</summary>
    public static string LibpqOf(string connectionString)
    {
        var it = new NpgsqlConnectionStringBuilder(connectionString);
        return $"host={it.Host} port={it.Port} user={it.Username} password={it.Password} dbname={it.Database}";
    }
}

/// <summary>Files in which workers write a line <c>s JOB STAGE</c> when they begin a stage.</summary>
internal static class StepLog
{
    public static long CountBegun(IEnumerable<string> files) =>
        files
            .Where(File.Exists)
            .Sum(file => File.ReadLines(file).LongCount(line => line.StartsWith("s ", StringComparison.Ordinal)));
}
