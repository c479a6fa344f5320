using System.Text.RegularExpressions;
using Npgsql;

namespace EventPipeline.EventStore;

/// <summary>The tables: Marten's storage shape (so that Marten can read and extend the streams), the column <c>tx</c> that followers
/// order by, and our own table of checkpoints, because a checkpoint is a pair and Marten's progression holds one number.</summary>
internal static partial class Schema
{
    /// <summary>SQLSTATE that <c>refuse_append</c> raises.</summary>
    internal const string ConflictState = "EP409";

    internal static string Checked(string schema) =>
        ValidName().IsMatch(schema)
            ? schema
            : throw new ArgumentException(
                $"'{schema}' is no usable schema name: lower-case letters, digits and underscores only.",
                nameof(schema)
            );

    /// <summary>Creates what is missing. Safe to call from many processes at once.</summary>
    internal static async Task EnsureAsync(NpgsqlDataSource dataSource, string schema, CancellationToken cancellation)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await using (var turn = connection.CreateCommand())
        {
            turn.CommandText = "select pg_advisory_xact_lock(hashtextextended($1, 0))";
            turn.Parameters.Add(new NpgsqlParameter<string> { TypedValue = "event-log-schema:" + schema });
            await turn.ExecuteNonQueryAsync(cancellation);
        }

        var found = await InspectAsync(connection, schema, cancellation);
        if (found is { HasEvents: true, HasTransactionColumn: false })
            throw new InvalidOperationException(
                $"Table {schema}.mt_events has no column tx, without which followers would miss events. Marten drops columns it "
                    + "does not know unless it runs with AutoCreate.None or without rights on them. Restore the column from a "
                    + "backup, or add it and rebuild every read model."
            );
        if (!found.HasCheckpoints)
        {
            await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The schema's name was checked, and names cannot be parameters.
            command.CommandText = Definition.Replace("{schema}", schema, StringComparison.Ordinal);
#pragma warning restore CA2100
            await command.ExecuteNonQueryAsync(cancellation);
        }
        else if (await IsFromAnotherServerAsync(connection, schema, cancellation))
            throw new InvalidOperationException(
                $"The log in schema {schema} has events of transactions that this server has not begun: it was restored from "
                    + "another server. Rebase it first (Checkpoints.RebaseAsync), or followers would stand still."
            );
        await transaction.CommitAsync(cancellation);
    }

    private static async Task<(bool HasEvents, bool HasTransactionColumn, bool HasCheckpoints)> InspectAsync(
        NpgsqlConnection connection,
        string schema,
        CancellationToken cancellation
    )
    {
        await using var command = connection.CreateCommand();
        command.CommandText = """
            select to_regclass($1 || '.mt_events') is not null,
                   exists (select from pg_attribute
                           where attrelid = to_regclass($1 || '.mt_events') and attname = 'tx'
                             and atttypid = 'xid8'::regtype and not attisdropped),
                   to_regclass($1 || '.checkpoints') is not null
            """;
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = schema });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        await reader.ReadAsync(cancellation);
        return (reader.GetBoolean(0), reader.GetBoolean(1), reader.GetBoolean(2));
    }

    private static async Task<bool> IsFromAnotherServerAsync(
        NpgsqlConnection connection,
        string schema,
        CancellationToken cancellation
    )
    {
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100
        command.CommandText =
            $"select exists (select from {schema}.mt_events where tx >= pg_snapshot_xmax(pg_current_snapshot()))";
#pragma warning restore CA2100
        return (bool)(await command.ExecuteScalarAsync(cancellation))!;
    }

    [GeneratedRegex("^[a-z_][a-z0-9_]{0,62}$", RegexOptions.None, 1000)]
    private static partial Regex ValidName();

    // Names, types and defaults are Marten's, down to varchar for text, except tx and its index. fillfactor lets the version of a
    // stream be updated within its page (HOT), which keeps long-lived streams cheap.
    private const string Definition = """
        create schema if not exists {schema};

        create table if not exists {schema}.mt_streams (
            id uuid not null constraint pkey_mt_streams_id primary key,
            type varchar null,
            version bigint null,
            timestamp timestamptz not null default now(),
            created timestamptz not null default now(),
            tenant_id varchar null default '*DEFAULT*',
            is_archived boolean null default false
        ) with (fillfactor = 70);

        create table if not exists {schema}.mt_events (
            seq_id bigint not null constraint pkey_mt_events_seq_id primary key,
            id uuid not null,
            stream_id uuid null constraint fkey_mt_events_stream_id references {schema}.mt_streams (id) on delete cascade,
            version bigint not null,
            data jsonb not null,
            bdata bytea null,
            type varchar(500) not null,
            timestamp timestamptz not null default now(),
            tenant_id varchar null default '*DEFAULT*',
            mt_dotnet_type varchar null,
            correlation_id varchar null,
            causation_id varchar null,
            headers jsonb null,
            is_archived boolean null default false,
            tx xid8 not null default pg_current_xact_id()
        );
        create unique index if not exists pk_mt_events_stream_and_version on {schema}.mt_events (stream_id, version);
        create index if not exists ix_mt_events_tx_seq_id on {schema}.mt_events (tx, seq_id);
        create sequence if not exists {schema}.mt_events_sequence owned by {schema}.mt_events.seq_id;

        create table if not exists {schema}.mt_event_progression (
            name varchar not null constraint pk_mt_event_progression primary key,
            last_seq_id bigint null,
            last_updated timestamptz null default transaction_timestamp()
        );

        create or replace function {schema}.refuse_append(conflicts text) returns uuid language plpgsql as $$
        begin
            raise exception using errcode = 'EP409', message = conflicts;
        end $$;

        create table if not exists {schema}.checkpoints (
            name varchar not null primary key,
            tx xid8 not null,
            seq_id bigint not null,
            updated_at timestamptz not null default now()
        ) with (fillfactor = 50);
        """;
}
