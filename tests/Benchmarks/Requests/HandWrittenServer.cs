using System.Text.Json;
using EventPipeline.GraphQL.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Npgsql;
using NpgsqlTypes;

namespace EventPipeline.Benchmarks.Requests;

/// <summary>What the API can be at best: two endpoints written by hand for exactly the two questions, with prepared statements whose rows
/// are written straight into the response. They take the bodies that the API takes, of which they read the variables alone, and give the
/// same JSON. It is this program, started with <see cref="Command"/>.</summary>
internal static class HandWrittenServer
{
    public const string Command = "hand-written-server";

    private const string Job = """
        select j.id, j.status, j.progress, j.started_at, v.id, v.file_name
        from read.jobs j left join read.videos v on v.id = j.video_id where j.id = $1 and j.owner_id = 'local'
        """;

    private const string Clips = """
        select name, variant, start, "end", duration_seconds from read.clips where job_id = $1 order by start, name
        """;

    private const string Jobs = """
        select id, status, progress, started_at from read.jobs
        where owner_id = 'local' and status = any ($1) and pipeline = $2
        """;

    private const int PageSize = 20;

    public static async Task RunAsync()
    {
        await using var database = new NpgsqlSlimDataSourceBuilder(
            new NpgsqlConnectionStringBuilder(ServerSettings.Postgres) { NoResetOnClose = true }.ConnectionString
        )
            .EnableArrays()
            .Build();
        await using var application = ServerSettings.CreateBuilder().Build();
        application.MapPost("/job", context => AnswerJobAsync(context, database));
        application.MapPost("/jobs", context => AnswerJobsAsync(context, database));
        await application.RunAsync();
    }

    private static async Task AnswerJobAsync(HttpContext context, NpgsqlDataSource database)
    {
        using var body = await JsonDocument.ParseAsync(context.Request.Body, default, context.RequestAborted);
        var id = NodeId.TryParse(Variable(body, "id").GetString()!, out _, out var key) ? Guid.Parse(key) : default;
        await using var connection = await database.OpenConnectionAsync(context.RequestAborted);
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new(Job) { Parameters = { new NpgsqlParameter<Guid> { TypedValue = id } } },
                new(Clips) { Parameters = { new NpgsqlParameter<Guid> { TypedValue = id } } },
            },
        };
        await batch.PrepareAsync(context.RequestAborted);
        await using var rows = await batch.ExecuteReaderAsync(context.RequestAborted);
        await using var json = Begin(context);
        json.WriteStartObject();
        json.WriteStartObject("data");
        if (await rows.ReadAsync(context.RequestAborted))
        {
            json.WriteStartObject("job");
            WriteJob(json, rows);
            json.WriteStartObject("video");
            json.WriteString("id", NodeId.Format("Video", rows.GetGuid(4).ToString()));
            json.WriteString("fileName", rows.GetString(5));
            json.WriteEndObject();
            json.WriteStartArray("clips");
            await rows.NextResultAsync(context.RequestAborted);
            while (await rows.ReadAsync(context.RequestAborted))
            {
                json.WriteStartObject();
                json.WriteString("name", rows.GetString(0));
                json.WriteString("variant", rows.GetString(1).ToUpperInvariant());
                json.WriteNumber("start", rows.GetDouble(2));
                json.WriteNumber("end", rows.GetDouble(3));
                json.WriteNumber("durationSeconds", rows.GetDouble(4));
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        else
            json.WriteNull("job");
        json.WriteEndObject();
        json.WriteEndObject();
        await json.FlushAsync(context.RequestAborted);
    }

    private static async Task AnswerJobsAsync(HttpContext context, NpgsqlDataSource database)
    {
        using var body = await JsonDocument.ParseAsync(context.Request.Body, default, context.RequestAborted);
        var filter = Variable(body, "filter");
        await using var connection = await database.OpenConnectionAsync(context.RequestAborted);
        await using var command = new NpgsqlCommand(Jobs, connection);
        command.Parameters.Add(
            new NpgsqlParameter<string[]>
            {
                TypedValue =
                [
                    .. filter.GetProperty("status").EnumerateArray().Select(it => it.GetString()!.ToLowerInvariant()),
                ],
            }
        );
        command.Parameters.Add(
            new NpgsqlParameter<string> { TypedValue = filter.GetProperty("pipeline").GetString()! }
        );
        if (Variable(body, "after") is { ValueKind: JsonValueKind.String } after)
        {
            var parts = after.GetString()!.Split('/');
            command.CommandText += " and (started_at, id) < ($3, $4)";
            command.Parameters.Add(
                new NpgsqlParameter<DateTime>
                {
                    TypedValue = new DateTime(long.Parse(parts[0]), DateTimeKind.Utc),
                    NpgsqlDbType = NpgsqlDbType.TimestampTz,
                }
            );
            command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = Guid.Parse(parts[1]) });
        }
        command.CommandText += $" order by started_at desc, id desc limit {PageSize + 1}";
        await command.PrepareAsync(context.RequestAborted);
        await using var rows = await command.ExecuteReaderAsync(context.RequestAborted);
        await using var json = Begin(context);
        json.WriteStartObject();
        json.WriteStartObject("data");
        json.WriteStartObject("jobs");
        json.WriteStartArray("nodes");
        var count = 0;
        string? cursor = null;
        while (await rows.ReadAsync(context.RequestAborted))
        {
            if (++count > PageSize)
                break;
            json.WriteStartObject();
            WriteJob(json, rows);
            json.WriteEndObject();
            if (count == PageSize)
                cursor = $"{rows.GetDateTime(3).Ticks}/{rows.GetGuid(0)}";
        }
        json.WriteEndArray();
        json.WriteStartObject("pageInfo");
        json.WriteBoolean("hasNextPage", count > PageSize);
        json.WriteString("endCursor", cursor);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
        await json.FlushAsync(context.RequestAborted);
    }

    private static void WriteJob(Utf8JsonWriter json, NpgsqlDataReader rows)
    {
        json.WriteString("id", NodeId.Format("Job", rows.GetGuid(0).ToString()));
        json.WriteString("status", rows.GetString(1).ToUpperInvariant());
        json.WriteNumber("progress", rows.GetDouble(2));
        json.WriteString("startedAt", rows.GetDateTime(3));
    }

    private static Utf8JsonWriter Begin(HttpContext context)
    {
        context.Response.ContentType = "application/json; charset=utf-8";
        return new Utf8JsonWriter(context.Response.BodyWriter);
    }

    private static JsonElement Variable(JsonDocument body, string name) =>
        body.RootElement.GetProperty("variables").TryGetProperty(name, out var value) ? value : default;
}
