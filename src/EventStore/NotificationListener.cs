using Npgsql;

namespace EventPipeline.EventStore;

/// <summary>One session of this process that listens for appends of other processes, for as long as somebody follows. Losing it
/// costs only latency: followers poll anyway.</summary>
internal sealed class NotificationListener(NpgsqlDataSource dataSource, AppendSignal signal) : IDisposable
{
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private int users;
    private CancellationTokenSource? running;

    /// <summary>Keeps the session open until the lease is disposed.</summary>
    public IDisposable Listen()
    {
        lock (gate)
        {
            if (users++ == 0)
            {
                running = new CancellationTokenSource();
                _ = ListenAsync(running.Token);
            }
        }
        return new Lease(this);
    }

    public void Dispose()
    {
        lock (gate)
        {
            running?.Cancel();
            running?.Dispose();
            running = null;
        }
    }

    private void Release()
    {
        lock (gate)
        {
            if (--users == 0)
                Dispose();
        }
    }

    private async Task ListenAsync(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                await using var connection = await dataSource.OpenConnectionAsync(cancellation);
                connection.Notification += (_, _) => signal.Pulse();
                await using (var command = connection.CreateCommand())
                {
                    command.CommandText = $"listen {EventLog.Channel}";
                    await command.ExecuteNonQueryAsync(cancellation);
                }
                try
                {
                    while (true)
                        await connection.WaitAsync(cancellation);
                }
                finally
                {
                    // Back to the pool without the subscription, if the session still lives.
                    if (connection.FullState == System.Data.ConnectionState.Open)
                    {
                        await using var command = connection.CreateCommand();
                        command.CommandText = "unlisten *";
                        await command.ExecuteNonQueryAsync(CancellationToken.None);
                    }
                }
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested) { }
            catch (NpgsqlException) when (!cancellation.IsCancellationRequested)
            {
                await Task.Delay(Retry, CancellationToken.None);
            }
            catch (NpgsqlException)
            {
                // The session broke while it was being given up.
            }
        }
    }

    private sealed class Lease(NotificationListener owner) : IDisposable
    {
        private NotificationListener? owner = owner;

        public void Dispose() => Interlocked.Exchange(ref owner, null)?.Release();
    }
}
