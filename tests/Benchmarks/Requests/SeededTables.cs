using EventPipeline.EventStore;
using EventPipeline.Objects;
using EventPipeline.Projections;
using EventPipeline.Projections.Tests;
using Npgsql;

namespace EventPipeline.Benchmarks.Requests;

/// <summary>The tables of the read models with 20,000 jobs over 5,000 videos. The first of each was projected from events, as all are in
/// the product; the others are like it but for what questions ask for. Three of five are completed and have five clips.</summary>
internal static class SeededTables
{
    private const string More = """
        insert into read.videos
        select it.* from read.videos seed, generate_series(1, 5000) n, jsonb_populate_record(seed, jsonb_build_object(
            'id', md5('video' || n)::uuid, 'file_name', 'Lecture ' || n || ', introduction to the topic.mp4')) it;
        insert into read.jobs
        select it.* from read.jobs seed, generate_series(1, 20000) n, jsonb_populate_record(seed, jsonb_build_object(
            'id', md5('job' || n)::uuid, 'video_id', md5('video' || n % 5000 + 1)::uuid,
            'status', (array['completed', 'completed', 'completed', 'running', 'failed'])[n % 5 + 1],
            'started_at', seed.started_at + n * interval '37 seconds' + interval '123 milliseconds')) it;
        insert into read.clips
        select it.* from read.clips seed, read.jobs job, generate_series(1, 5) n, jsonb_populate_record(seed, jsonb_build_object(
            'job_id', job.id, 'name', 'clip-00' || n, 'start', n * 60.5, 'end', n * 60.5 + 30.25, 'duration_seconds', 30.26)) it
        where job.status = 'completed' and job.id <> seed.job_id;
        """;

    // PostGraphile learns from these what belongs together.
    private const string Keys = """
        alter table read.jobs add foreign key (video_id) references read.videos;
        alter table read.clips add foreign key (job_id) references read.jobs;
        """;

    /// <returns>The ids of some completed jobs.</returns>
    public static async Task<IReadOnlyList<Guid>> FillAsync(string connectionString, CancellationToken cancellation)
    {
        await using var database = EventLogDataSource.Create(connectionString);
        await ProjectFirstAsync(database, cancellation);
        await using (var more = database.CreateCommand(More + Keys))
            await more.ExecuteNonQueryAsync(cancellation);
        await using (var analyze = database.CreateCommand("vacuum analyze"))
            await analyze.ExecuteNonQueryAsync(cancellation);
        await using var command = database.CreateCommand(
            "select array(select md5('job' || n)::uuid from generate_series(1, 20000) n where n % 5 < 3 order by md5('job' || n) limit 2000)"
        );
        return (Guid[])(await command.ExecuteScalarAsync(cancellation))!;
    }

    private static async Task ProjectFirstAsync(NpgsqlDataSource database, CancellationToken cancellation)
    {
        var log = new EventLog(database, new EventLogOptions());
        using var folder = new TestSupport.TemporaryFolder();
        using var objects = new FolderObjectStore(folder.Path);
        var models = new ReadModels(database, log, objects, new ReadModelOptions(), TimeProvider.System);
        await models.EnsureSchemaAsync(cancellation);
        var history = new History(1, owner: "local").Complete();
        await log.AppendAsync([History.Registered(history.VideoId, "local")], cancellation);
        var written = await log.AppendAsync([new StreamAppend(history.JobId, "job", 0, history.New)], cancellation);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var following = models.CreateFollower().RunAsync(stop.Token);
        if (!await models.WaitForAsync(written[^1].Position, TimeSpan.FromMinutes(1), cancellation))
            throw new TimeoutException("The first job was not projected within a minute.");
        await stop.CancelAsync();
        await following;
    }
}
