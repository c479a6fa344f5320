using EventPipeline.Contracts;
using EventPipeline.Deciding;
using EventPipeline.EventStore;
using Npgsql;

namespace EventPipeline.Coordinator.Watching;

/// <summary>Which jobs there are, of which video, and which of them are open: one row a job, written when a job starts and when it ends,
/// so that the next active coordinator finds the open ones without reading the whole log.</summary>
internal sealed class JobTable(NpgsqlDataSource dataSource, CoordinatorOptions options)
{
    private readonly string table = $"{options.Schema}.jobs";

    private enum State : short
    {
        Open = 0,
        Completed = 1,
        Failed = 2,
        Cancelled = 3,
    }

    /// <summary>Creates the table if it is missing; safe from many processes at once.</summary>
    public async Task EnsureAsync(CancellationToken cancellation)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellation);
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new NpgsqlBatchCommand($"select pg_advisory_xact_lock(hashtextextended('{table}', 0))"),
                new NpgsqlBatchCommand($"create schema if not exists {options.Schema}"),
                new NpgsqlBatchCommand(
                    $"create table if not exists {table} (job_id uuid primary key, video_id uuid not null, state smallint not null)"
                ),
                new NpgsqlBatchCommand($"create index if not exists jobs_open on {table} (job_id) where state = 0"),
                new NpgsqlBatchCommand($"create index if not exists jobs_video on {table} (video_id)"),
            },
        };
        await batch.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>Tells of each job that is open, as its stream is now; some at a time, because there may be thousands.</summary>
    public async Task ReadOpenAsync(EventLog log, Action<Guid, JobAt> tell, CancellationToken cancellation)
    {
        const int AtOnce = 100;
        var open = new List<Guid>();
        await using (var command = dataSource.CreateCommand($"select job_id from {table} where state = 0"))
        await using (var reader = await command.ExecuteReaderAsync(cancellation))
        {
            while (await reader.ReadAsync(cancellation))
                open.Add(reader.GetGuid(0));
        }
        foreach (var some in open.Chunk(AtOnce))
        {
            foreach (var (id, stream) in await log.LoadAsync(some, cancellation))
                tell(id, EventCodec.Fold(JobAt.Unknown, stream));
        }
    }

    /// <summary>Whether another job of the video is open or has completed, so that the video's bytes are needed.</summary>
    public async Task<bool> IsNeededByOthersAsync(Guid videoId, Guid jobId, CancellationToken cancellation)
    {
        await using var command = dataSource.CreateCommand(
            $"select exists (select from {table} where video_id = $1 and job_id <> $2 and state in (0, 1))"
        );
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = videoId });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = jobId });
        return (bool)(await command.ExecuteScalarAsync(cancellation))!;
    }

    /// <summary>The newest job of a video that is open as far as the relay has come; null if none is.</summary>
    public async Task<Guid?> FindOpenAsync(Guid videoId, CancellationToken cancellation)
    {
        await using var command = dataSource.CreateCommand(
            $"select job_id from {table} where video_id = $1 and state = 0 order by job_id desc limit 1"
        );
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = videoId });
        return (Guid?)await command.ExecuteScalarAsync(cancellation);
    }

    /// <summary>The jobs of a video that the relay has come to; first those that it takes to be open, the newest first.</summary>
    public async Task<IReadOnlyList<Guid>> ReadOfVideoAsync(Guid videoId, CancellationToken cancellation)
    {
        await using var command = dataSource.CreateCommand(
            $"select job_id from {table} where video_id = $1 order by state, job_id desc"
        );
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = videoId });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var jobs = new List<Guid>();
        while (await reader.ReadAsync(cancellation))
            jobs.Add(reader.GetGuid(0));
        return jobs;
    }

    /// <summary>The commands that write what changed; none if nothing did.</summary>
    public IReadOnlyList<NpgsqlBatchCommand> Write(Changes changes)
    {
        var commands = new List<NpgsqlBatchCommand>(2);
        if (changes.Started.Count > 0)
        {
            commands.Add(
                new NpgsqlBatchCommand(
                    $"insert into {table} (job_id, video_id, state) select *, 0 from unnest($1, $2) on conflict do nothing"
                )
                {
                    Parameters =
                    {
                        new NpgsqlParameter<Guid[]> { TypedValue = [.. changes.Started.Keys] },
                        new NpgsqlParameter<Guid[]> { TypedValue = [.. changes.Started.Values] },
                    },
                }
            );
        }
        if (changes.States.Count > 0)
        {
            commands.Add(
                new NpgsqlBatchCommand(
                    $"update {table} j set state = c.state from unnest($1, $2) c (job_id, state) where j.job_id = c.job_id"
                )
                {
                    Parameters =
                    {
                        new NpgsqlParameter<Guid[]> { TypedValue = [.. changes.States.Keys] },
                        new NpgsqlParameter<short[]> { TypedValue = [.. changes.States.Values] },
                    },
                }
            );
        }
        return commands;
    }

    /// <summary>What a page of the log means for the table.</summary>
    internal sealed class Changes
    {
        /// <summary>Started jobs, with their videos.</summary>
        public Dictionary<Guid, Guid> Started { get; } = [];

        /// <summary>The last state of jobs that ended or run again.</summary>
        public Dictionary<Guid, short> States { get; } = [];

        public void Add(Guid jobId, JobEvent @event)
        {
            switch (@event)
            {
                case JobStarted started:
                    Started[jobId] = started.VideoId;
                    break;
                case StageRedriven or StageRerun:
                    States[jobId] = (short)State.Open;
                    break;
                case JobCompleted:
                    States[jobId] = (short)State.Completed;
                    break;
                case JobFailed:
                    States[jobId] = (short)State.Failed;
                    break;
                case JobCancelled:
                    States[jobId] = (short)State.Cancelled;
                    break;
            }
        }
    }
}
