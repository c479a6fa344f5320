using Npgsql;

namespace EventPipeline.Faults.Injecting;

/// <summary>Every connection that the database allows, so that nobody else gets one. Those that the parts had are broken.</summary>
internal sealed class TakenConnections : IAsyncDisposable
{
    private const string TooMany = "53300";

    private readonly List<NpgsqlConnection> taken = [];

    public static async Task<TakenConnections> TakeAllAsync(string connectionString)
    {
        var all = new TakenConnections();
        var own = $"{connectionString};Pooling=false;Application Name=faults;Timeout=5";
        try
        {
            await all.TakeAsync(own);
            await using var command = all.taken[0].CreateCommand();
            command.CommandText =
                "select pg_terminate_backend(pid) from pg_stat_activity where application_name <> 'faults' and backend_type = 'client backend'";
            await command.ExecuteNonQueryAsync();
            await all.TakeAsync(own);
        }
        catch (NpgsqlException)
        {
            // The database went down in the middle of it.
        }
        return all;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var connection in taken)
            await connection.DisposeAsync();
    }

    private async Task TakeAsync(string connectionString)
    {
        try
        {
            while (true)
            {
                var connection = new NpgsqlConnection(connectionString);
                await connection.OpenAsync();
                taken.Add(connection);
            }
        }
        catch (PostgresException full) when (full.SqlState == TooMany)
        {
            // As wanted.
        }
    }
}
