using Npgsql;

namespace EventPipeline.EventStore;

/// <summary>Connections set up the way the log wants them.</summary>
public static class EventLogDataSource
{
    /// <summary>A data source for a connection string. Sessions are not reset when they go back to the pool, which would cost every
    /// append a second statement; nothing in the product leaves state in a session.</summary>
    /// <param name="application">Shown in <c>pg_stat_activity</c>.</param>
    public static NpgsqlDataSource Create(string connectionString, string application = "eventpipeline")
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString)
        {
            NoResetOnClose = true,
            KeepAlive = 5,
            // Pages of events are hundreds of kilobytes: fewer, larger reads.
            ReadBufferSize = 64 << 10,
        };
        settings.ApplicationName ??= application;
        return new NpgsqlDataSourceBuilder(settings.ConnectionString).Build();
    }
}
