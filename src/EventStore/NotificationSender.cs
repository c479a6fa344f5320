using Npgsql;

namespace EventPipeline.EventStore;

/// <summary>Tells other processes of appends, after their commit and once for all that came meanwhile. An append does not do it itself:
/// a transaction that notifies holds a lock of the whole server until it is on the disk, so that appends would get there one by one.</summary>
internal sealed class NotificationSender(NpgsqlDataSource dataSource)
{
    /// <summary>Nobody relies on a notification, so it need not wait for the disk.</summary>
    private const string Text =
        $"select set_config('synchronous_commit', 'off', true), pg_notify('{EventLog.Channel}', '')";

    private int untold;

    /// <summary>Returns at once.</summary>
    public void Send()
    {
        if (Interlocked.Increment(ref untold) == 1)
            _ = SendAsync();
    }

    private async Task SendAsync()
    {
        int told;
        do
        {
            told = Volatile.Read(ref untold);
            try
            {
                await using var connection = await dataSource.OpenConnectionAsync();
                await using var command = connection.CreateCommand();
                command.CommandText = Text;
                await command.PrepareAsync();
                await command.ExecuteNonQueryAsync();
            }
            catch (Exception)
            {
                // Followers poll anyway: losing it costs only latency, whatever the reason. The next append tells them again.
            }
        } while (Interlocked.Add(ref untold, -told) > 0);
    }
}
