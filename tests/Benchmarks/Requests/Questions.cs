using System.Text.Json;
using System.Text.Json.Nodes;
using EventPipeline.GraphQL.Http.Persisted;
using EventPipeline.GraphQL.Nodes;

namespace EventPipeline.Benchmarks.Requests;

/// <summary>What is asked, as pages of a frontend ask it, in the words of each server.</summary>
internal static class Questions
{
    private const string Job =
        "query Job($id: ID!) { job(id: $id) { id status progress startedAt video { id fileName } clips { name variant start end durationSeconds } } }";

    private const string Jobs =
        "query Jobs($filter: JobFilterInput!, $after: String) { jobs(first: 20, after: $after, filter: $filter) { nodes { id status progress startedAt } pageInfo { hasNextPage endCursor } } }";

    private const string PostGraphileJob =
        "query Job($id: UUID!) { job: jobByRowId(rowId: $id) { id: rowId status progress startedAt video: videoByVideoId { id: rowId fileName } clips: clipsByJobId(orderBy: [START_ASC, NAME_ASC]) { nodes { name variant start end durationSeconds } } } }";

    private const string PostGraphileJobs =
        "query Jobs($status: String!, $pipeline: String!, $after: Cursor) { jobs: allJobs(first: 20, after: $after, condition: {ownerId: \"local\", status: $status, pipeline: $pipeline}, orderBy: [STARTED_AT_DESC, ROW_ID_DESC]) { nodes { id: rowId status progress startedAt } pageInfo { hasNextPage endCursor } } }";

    public static string JobOfApi(Guid id) => Body(Job, new { id = NodeId.Format("Job", $"{id}") });

    /// <summary>The same by the hash of its document, which the server has seen before if <paramref name="withText"/> was sent once.</summary>
    public static string JobByHash(Guid id, bool withText = false) =>
        JsonSerializer.Serialize(
            new
            {
                query = withText ? Job : null,
                variables = new { id = NodeId.Format("Job", $"{id}") },
                extensions = new { persistedQuery = new { version = 1, sha256Hash = TrustedDocuments.HashOf(Job) } },
            }
        );

    public static string JobsOfApi(string? after) =>
        Body(Jobs, new { filter = new { status = new[] { "COMPLETED" }, pipeline = "lecture-highlights" }, after });

    public static string JobOfPostGraphile(Guid id) => Body(PostGraphileJob, new { id });

    public static string JobsOfPostGraphile(string? after) =>
        Body(
            PostGraphileJobs,
            new
            {
                status = "completed",
                pipeline = "lecture-highlights",
                after,
            }
        );

    /// <summary>An answer without what servers may choose freely: cursors.</summary>
    public static JsonNode WithoutCursor(JsonNode answer)
    {
        var copy = answer.DeepClone();
        (copy["data"]?["jobs"]?["pageInfo"] as JsonObject)?.Remove("endCursor");
        return copy;
    }

    public static string? CursorOf(JsonNode answer) => (string?)answer["data"]!["jobs"]!["pageInfo"]!["endCursor"];

    private static string Body(string query, object variables) => JsonSerializer.Serialize(new { query, variables });
}
