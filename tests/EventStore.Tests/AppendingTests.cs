using Npgsql;
using static EventPipeline.EventStore.Tests.TestLog;

namespace EventPipeline.EventStore.Tests;

public sealed class AppendingTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_appended_is_what_is_loaded()
    {
        await using var log = await TestLog.CreateAsync();
        var stream = Guid.CreateVersion7();
        var append = new StreamAppend(
            stream,
            "thing",
            0,
            [
                Event("first", """{"a": 1}""") with
                {
                    Timestamp = new DateTimeOffset(2026, 5, 6, 7, 8, 9, TimeSpan.FromHours(2)).AddTicks(1234567),
                },
                Event("second", "{}") with
                {
                    Headers = default,
                    CorrelationId = null,
                    CausationId = "cause",
                },
            ]
        );

        var stored = await log.AppendAsync(append);
        var loaded = await log.Log.LoadAsync(stream, Cancellation);

        loaded.Select(Comparable).ShouldBe(stored.Select(Comparable));
        loaded.Select(e => e.Version).ShouldBe([1, 2]);
        loaded[0].Timestamp.ShouldBe(append.Events[0].Timestamp.AddTicks(-7));
        (await log.Log.LoadAsync(stream, Cancellation, afterVersion: 1)).Single().Type.ShouldBe("second");
    }

    [Fact]
    public async Task Events_are_found_by_their_numbers_and_those_that_are_not_there_are_left_out()
    {
        await using var log = await TestLog.CreateAsync();
        var stored = await log.AppendAsync(Append(Guid.CreateVersion7(), 0, 3), Append(Guid.CreateVersion7(), 0, 2));
        var wanted = new[] { stored[4], stored[1] };

        var found = await log.Log.FindAsync(
            [.. wanted.Select(it => it.Position.Sequence), long.MaxValue],
            Cancellation
        );

        found.Select(Comparable).ShouldBe(wanted.Reverse().Select(Comparable));
    }

    [Fact]
    public async Task A_stale_version_is_refused_and_named_and_writes_nothing()
    {
        await using var log = await TestLog.CreateAsync();
        var (stream, other) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await log.AppendAsync(Append(stream, 0, 3));

        foreach (var expected in (long[])[0, 2, 4])
        {
            var error = await Should.ThrowAsync<ConcurrencyException>(() =>
                log.AppendAsync(Append(other, 0), Append(stream, expected))
            );
            error.Message.ShouldContain($"{stream} at version {expected}");
            error.Message.ShouldNotContain(other.ToString());
        }

        (await log.ScalarAsync<long>("select count(*) from events.mt_events")).ShouldBe(3);
        (await log.ScalarAsync<long>("select count(*) from events.mt_streams")).ShouldBe(1);
    }

    [Fact]
    public async Task Of_writers_that_expect_the_same_version_one_wins()
    {
        await using var log = await TestLog.CreateAsync();
        var stream = Guid.CreateVersion7();
        for (var version = 0; version < 20; version++)
        {
            var expected = version;
            var attempts = await Task.WhenAll(
                Enumerable
                    .Range(0, 6)
                    .Select(async _ =>
                    {
                        try
                        {
                            await log.AppendAsync(Append(stream, expected));
                            return true;
                        }
                        catch (ConcurrencyException)
                        {
                            return false;
                        }
                    })
            );
            attempts.Count(won => won).ShouldBe(1);
        }
        (await log.Log.LoadAsync(stream, Cancellation))
            .Select(e => e.Version)
            .ShouldBe(Enumerable.Range(1, 20).Select(v => (long)v));
        (await log.ScalarAsync<long>("select version from events.mt_streams")).ShouldBe(20);
    }

    [Fact]
    public async Task Many_streams_are_appended_to_all_or_nothing()
    {
        await using var log = await TestLog.CreateAsync();
        var streams = Enumerable.Range(0, 500).Select(_ => Guid.CreateVersion7()).ToArray();
        var stored = await log.AppendAsync([.. streams.Select(stream => Append(stream, 0, 4))]);
        stored.Count.ShouldBe(2000);

        await Should.ThrowAsync<ConcurrencyException>(() =>
            log.AppendAsync([.. streams.Select((stream, i) => Append(stream, i == 250 ? 3 : 4))])
        );
        (await log.ScalarAsync<long>("select count(*) from events.mt_events")).ShouldBe(2000);
        (await log.ScalarAsync<long>("select max(version) from events.mt_streams")).ShouldBe(4);

        await log.AppendAsync([.. streams.Select(stream => Append(stream, 4))]);
        var loaded = await log.Log.LoadAsync([.. streams, Guid.Empty], Cancellation);
        loaded[Guid.Empty].ShouldBeEmpty();
        foreach (var stream in streams)
        {
            loaded[stream].Select(e => e.Version).ShouldBe([1, 2, 3, 4, 5]);
            loaded[stream].Select(e => e.Position).ShouldBeInOrder();
        }
    }

    [Fact]
    public async Task Appends_to_the_same_streams_in_any_order_do_not_deadlock()
    {
        await using var log = await TestLog.CreateAsync();
        var streams = Enumerable.Range(0, 40).Select(_ => Guid.CreateVersion7()).ToArray();
        await log.AppendAsync([.. streams.Select(stream => Append(stream, 0))]);
        var accepted = await Task.WhenAll(
            Enumerable
                .Range(0, 8)
                .Select(async writer =>
                {
                    var random = new Random(writer);
                    var done = 0;
                    while (done < 10)
                    {
                        var chosen = streams.ToArray();
                        random.Shuffle(chosen);
                        chosen = chosen[..15];
                        var loaded = await log.Log.LoadAsync(chosen, Cancellation);
                        try
                        {
                            var added = Enumerable.Range(0, 3).Select(_ => Append(Guid.CreateVersion7(), 0));
                            await log.AppendAsync([
                                .. chosen.Select(stream => Append(stream, loaded[stream].Count)),
                                .. added,
                            ]);
                            done++;
                        }
                        catch (ConcurrencyException) { }
                    }
                    return done;
                })
        );
        (await log.ScalarAsync<long>("select count(*) from events.mt_events")).ShouldBe(
            40 + (accepted.Sum() * (15 + 3))
        );
    }

    [Fact]
    public async Task Inline_writes_share_the_fate_of_the_events()
    {
        await using var log = await TestLog.CreateAsync();
        await log.ExecuteAsync("create table seen (id int primary key)");
        var stream = Guid.CreateVersion7();
        NpgsqlBatchCommand See() => new("insert into seen values (1)");

        await log.Log.AppendAsync([Append(stream, 0)], Cancellation, [See()]);
        await Should.ThrowAsync<ConcurrencyException>(() =>
            log.Log.AppendAsync([Append(stream, 0)], Cancellation, [new("insert into seen values (2)")])
        );
        var refused = await Should.ThrowAsync<PostgresException>(() =>
            log.Log.AppendAsync([Append(stream, 1)], Cancellation, [See()], notify: true)
        );

        refused.SqlState.ShouldBe(PostgresErrorCodes.UniqueViolation);
        (await log.ScalarAsync<long>("select count(*) from seen")).ShouldBe(1);
        (await log.Log.LoadAsync(stream, Cancellation)).Count.ShouldBe(1);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(12)]
    public async Task What_was_decided_on_another_stream_is_refused_if_that_has_changed(int events)
    {
        await using var log = await TestLog.CreateAsync();
        var (other, stream) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await log.AppendAsync(Append(other, 0, 2));
        StreamAppend While(long version, long expected = 0) =>
            Append(stream, expected, events) with
            {
                OnlyWhile = new StreamVersion(other, version),
            };

        foreach (var version in (long[])[0, 1, 3])
            (
                await Should.ThrowAsync<ConcurrencyException>(() => log.AppendAsync(While(version)))
            ).Message.ShouldContain($"{other} at version {version}");
        (await log.ScalarAsync<long>("select count(*) from events.mt_streams")).ShouldBe(1);
        await log.AppendAsync(While(2));
        (
            await Should.ThrowAsync<ConcurrencyException>(() => log.AppendAsync(While(2, expected: 1 + events)))
        ).Message.ShouldContain($"{stream} at version {1 + events}");
        await log.AppendAsync(While(2, expected: events));

        (await log.Log.LoadAsync(stream, Cancellation)).Count.ShouldBe(2 * events);
        (await log.Log.LoadAsync(other, Cancellation)).Count.ShouldBe(2);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_depends_on_a_stream_waits_for_whoever_is_changing_it(bool changes)
    {
        await using var log = await TestLog.CreateAsync();
        var (other, stream) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await log.AppendAsync(Append(other, 0));
        await using var connection = await log.DataSource.OpenConnectionAsync(Cancellation);
        await using var change = await connection.BeginTransactionAsync(Cancellation);
        await using var advance = new NpgsqlCommand("update events.mt_streams set version = version + 1", connection);
        await advance.ExecuteNonQueryAsync(Cancellation);

        var append = log.AppendAsync(Append(stream, 0) with { OnlyWhile = new StreamVersion(other, 1) });
        await UntilAsync(
            () =>
                log.ScalarAsync<bool>(
                    "select exists (select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock')"
                ),
            "the append waits"
        );
        if (changes)
            await change.CommitAsync(Cancellation);
        else
            await change.RollbackAsync(Cancellation);

        if (changes)
            await Should.ThrowAsync<ConcurrencyException>(append);
        else
            (await append).Count.ShouldBe(1);
        (await log.Log.LoadAsync(stream, Cancellation)).Count.ShouldBe(changes ? 0 : 1);
    }

    [Fact]
    public async Task Nothing_to_append_is_a_bug()
    {
        await using var log = await TestLog.CreateAsync(withSchema: false);
        var stream = Guid.CreateVersion7();
        await Should.ThrowAsync<ArgumentException>(() => log.AppendAsync());
        await Should.ThrowAsync<ArgumentException>(() => log.AppendAsync(Append(stream, 0, count: 0)));
        await Should.ThrowAsync<ArgumentException>(() => log.AppendAsync(Append(stream, -1)));
        await Should.ThrowAsync<ArgumentException>(() => log.AppendAsync(Append(stream, 0), Append(stream, 1)));
        var dependent = Append(stream, 0) with { OnlyWhile = new StreamVersion(Guid.CreateVersion7(), 1) };
        await Should.ThrowAsync<ArgumentException>(() => log.AppendAsync(dependent, Append(Guid.Empty, 0)));
        await Should.ThrowAsync<ArgumentException>(() =>
            log.AppendAsync(dependent with { OnlyWhile = new StreamVersion(stream, 0) })
        );
    }

    private static object Comparable(StoredEvent e) =>
        (
            e.Position,
            e.StreamId,
            e.Version,
            e.Id,
            e.Type,
            Json(e.Data),
            Json(e.Headers),
            e.CorrelationId,
            e.CausationId,
            e.Timestamp
        );

    private static string Json(ReadOnlyMemory<byte> json) =>
        json.IsEmpty ? "" : System.Text.Json.Nodes.JsonNode.Parse(json.Span)!.ToJsonString();
}
