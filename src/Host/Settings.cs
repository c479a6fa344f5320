namespace EventPipeline.Host;

/// <summary>Where the host finds its neighbours. <c>run.sh</c> sets the variables after it started what was missing.</summary>
/// <param name="Postgres">Npgsql connection string.</param>
/// <param name="Kafka">Bootstrap servers.</param>
/// <param name="Objects">A folder, or <c>s3://BUCKET?endpoint=URL</c>.</param>
/// <param name="DataFolder">Everything that the host writes beside the above: logs, workspaces, the sample.</param>
/// <param name="TopicPrefix">See <see cref="Contracts.Topics"/>.</param>
/// <param name="GraphiQLFolder">Where the files of GraphiQL are; null if they could not be fetched.</param>
internal sealed record Settings(
    string Postgres,
    string Kafka,
    string Objects,
    string DataFolder,
    string TopicPrefix,
    string? GraphiQLFolder
)
{
    /// <summary>Reads the environment.</summary>
    /// <returns>The settings, or the sentence that says what is missing.</returns>
    public static (Settings? Settings, string? Problem) Read(Func<string, string?> variable)
    {
        if (variable("EVENTPIPELINE_POSTGRES") is not { Length: > 0 } postgres)
            return (
                null,
                "EVENTPIPELINE_POSTGRES is not set. Start the program through ./run.sh, or set it to a connection string."
            );
        if (variable("KAFKA_BOOTSTRAP_SERVERS") is not { Length: > 0 } kafka)
            return (null, "KAFKA_BOOTSTRAP_SERVERS is not set. Start the program through ./run.sh, or name a broker.");
        var data = Path.GetFullPath(variable("EVENTPIPELINE_DATA") is { Length: > 0 } folder ? folder : ".data");
        var objects = variable("EVENTPIPELINE_OBJECTS") is { Length: > 0 } location
            ? location
            : Path.Combine(data, "objects");
        return (
            new Settings(
                postgres,
                kafka,
                objects,
                data,
                variable("EVENTPIPELINE_TOPIC_PREFIX") ?? "",
                variable("EVENTPIPELINE_GRAPHIQL")
            ),
            null
        );
    }
}
