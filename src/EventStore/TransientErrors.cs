using Npgsql;

namespace EventPipeline.EventStore;

/// <summary>Which failures may pass by themselves.</summary>
internal static class TransientErrors
{
    /// <summary>Connection lost or refused, time-outs, and of the server's answers: connection (08), rollback by the server (40),
    /// resources (53), intervention (57: shutdown, terminated, cancelled), lock not available (55P03).</summary>
    internal static bool Includes(Exception e) =>
        e switch
        {
            PostgresException answer => answer.SqlState is "55P03"
                || answer.SqlState[..2] is "08" or "40" or "53" or "57",
            NpgsqlException or TransientFailureException => true,
            _ => false,
        };
}
