namespace EventPipeline.EventStore.Tests;

public sealed class SchemaTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_is_created_once_however_many_processes_start_together()
    {
        await using var log = await TestLog.CreateAsync(withSchema: false);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => log.Log.EnsureSchemaAsync(Cancellation)));
        await log.AppendAsync(TestLog.Append(Guid.CreateVersion7(), 0));
        await log.Log.EnsureSchemaAsync(Cancellation);
        await log.AllIsShownAsync();
        (await log.Log.ReadAsync(Position.Start, 10, Cancellation)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Two_logs_live_in_one_database_under_two_names()
    {
        await using var log = await TestLog.CreateAsync();
        var other = new EventLog(log.DataSource, new EventLogOptions("other_events"));
        await other.EnsureSchemaAsync(Cancellation);
        await log.AppendAsync(TestLog.Append(Guid.CreateVersion7(), 0));
        (await other.ReadAsync(Position.Start, 10, Cancellation)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("Events")]
    [InlineData("")]
    [InlineData("events; drop table x")]
    [InlineData("1st")]
    public void A_schema_name_that_needs_quoting_is_refused(string name) =>
        Should.Throw<ArgumentException>(() => new EventLog(null!, new EventLogOptions(name)));

    [Fact]
    public async Task A_log_that_lost_its_transactions_is_refused()
    {
        await using var log = await TestLog.CreateAsync();
        await log.ExecuteAsync("alter table events.mt_events drop column tx");
        var error = await Should.ThrowAsync<InvalidOperationException>(() => log.Log.EnsureSchemaAsync(Cancellation));
        error.Message.ShouldContain("AutoCreate.None");
    }

    [Fact]
    public async Task The_tables_have_Martens_shape_and_the_transaction_column()
    {
        await using var log = await TestLog.CreateAsync();
        var columns = await log.ScalarAsync<string>(
            """
            select string_agg(table_name || '.' || column_name || ' ' || udt_name
                || coalesce('(' || character_maximum_length || ')', '') || case is_nullable when 'NO' then ' not null' else '' end,
                E'\n' order by table_name, ordinal_position)
            from information_schema.columns where table_schema = 'events' and table_name like 'mt\_%'
            """
        );
        columns.ShouldBe(
            """
            mt_event_progression.name varchar not null
            mt_event_progression.last_seq_id int8
            mt_event_progression.last_updated timestamptz
            mt_events.seq_id int8 not null
            mt_events.id uuid not null
            mt_events.stream_id uuid
            mt_events.version int8 not null
            mt_events.data jsonb not null
            mt_events.bdata bytea
            mt_events.type varchar(500) not null
            mt_events.timestamp timestamptz not null
            mt_events.tenant_id varchar
            mt_events.mt_dotnet_type varchar
            mt_events.correlation_id varchar
            mt_events.causation_id varchar
            mt_events.headers jsonb
            mt_events.is_archived bool
            mt_events.tx xid8 not null
            mt_streams.id uuid not null
            mt_streams.type varchar
            mt_streams.version int8
            mt_streams.timestamp timestamptz not null
            mt_streams.created timestamptz not null
            mt_streams.tenant_id varchar
            mt_streams.is_archived bool
            """
        );
        var indexes = await log.ScalarAsync<string>(
            "select string_agg(indexname, ' ' order by indexname) from pg_indexes where schemaname = 'events' and tablename like 'mt\\_%'"
        );
        indexes.ShouldBe(
            "ix_mt_events_tx_seq_id pk_mt_event_progression pk_mt_events_stream_and_version pkey_mt_events_seq_id pkey_mt_streams_id"
        );
    }
}
