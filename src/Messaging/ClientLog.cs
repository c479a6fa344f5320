using System.Text.Json;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace EventPipeline.Messaging;

/// <summary>librdkafka's own lines in our log.</summary>
internal static partial class ClientLog
{
    /// <summary>A broken connection is reported as an error too, and settings that a profile needs need no warning.</summary>
    public static void Write(ILogger logger, LogMessage line) =>
        Line(
            logger,
            line.Facility is "FAIL" or "CONFWARN"
                ? LogLevel.Debug
                : (LogLevel)line.LevelAs(LogLevelType.MicrosoftExtensionsLogging),
            line.Name,
            line.Message
        );

    /// <summary>While a broker is away, every attempt to connect is an error: only the first news is more than a detail.</summary>
    public static void Write(ILogger logger, Error error, bool isNews = false)
    {
        if (error.IsFatal)
            Fatal(logger, error.Code, error.Reason);
        else
            Passing(logger, isNews ? LogLevel.Warning : LogLevel.Debug, error.Code, error.Reason);
    }

    [LoggerMessage(Message = "{Client}: {Text}")]
    private static partial void Line(ILogger logger, LogLevel level, string client, string text);

    [LoggerMessage(Message = "Kafka: {Code}, {Reason}")]
    private static partial void Passing(ILogger logger, LogLevel level, ErrorCode code, string reason);

    [LoggerMessage(Level = LogLevel.Critical, Message = "Kafka client cannot go on: {Code}, {Reason}")]
    private static partial void Fatal(ILogger logger, ErrorCode code, string reason);
}

/// <summary>librdkafka's statistics, as far as they are needed.</summary>
internal static class ClientStatistics
{
    /// <summary>Some broker is connected. There is no event for that, only one for the last broker going.</summary>
    public static bool ShowConnection(string json) => json.Contains("\"state\":\"UP\"", StringComparison.Ordinal);

    /// <summary>How many requests the coordinator of the client's group has answered, and how many not in time, since the client began.</summary>
    public static (long Answered, long Unanswered) OfCoordinator(JsonElement statistics)
    {
        var coordinators = statistics
            .GetProperty("brokers")
            .EnumerateObject()
            .Where(broker => broker.Name.StartsWith("GroupCoordinator", StringComparison.Ordinal))
            .Select(broker => broker.Value)
            .ToList();
        return (Sum("rx"), Sum("req_timeouts"));

        long Sum(string name) => coordinators.Sum(coordinator => coordinator.GetProperty(name).GetInt64());
    }

    /// <summary>Partitions that the client does not fetch, or not yet.</summary>
    public static IEnumerable<PartitionId> NotFetched(JsonElement statistics)
    {
        foreach (var topic in statistics.GetProperty("topics").EnumerateObject())
        foreach (var partition in topic.Value.GetProperty("partitions").EnumerateObject())
        {
            if (partition.Value.GetProperty("fetch_state").GetString() != "active")
                yield return new PartitionId(topic.Name, partition.Value.GetProperty("partition").GetInt32());
        }
    }
}
