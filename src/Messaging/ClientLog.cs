using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace EventPipeline.Messaging;

/// <summary>librdkafka's own lines in our log.</summary>
internal static partial class ClientLog
{
    public static void Write(ILogger logger, LogMessage line) =>
        Line(logger, (LogLevel)line.LevelAs(LogLevelType.MicrosoftExtensionsLogging), line.Name, line.Message);

    public static void Write(ILogger logger, Error error)
    {
        if (error.IsFatal)
            Fatal(logger, error.Code, error.Reason);
        else
            Passing(logger, error.Code, error.Reason);
    }

    [LoggerMessage(Message = "{Client}: {Text}")]
    private static partial void Line(ILogger logger, LogLevel level, string client, string text);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Kafka: {Code}, {Reason}")]
    private static partial void Passing(ILogger logger, ErrorCode code, string reason);

    [LoggerMessage(Level = LogLevel.Critical, Message = "Kafka client cannot go on: {Code}, {Reason}")]
    private static partial void Fatal(ILogger logger, ErrorCode code, string reason);
}

/// <summary>librdkafka's statistics, as far as they are needed.</summary>
internal static class ClientStatistics
{
    /// <summary>Some broker is connected. There is no event for that, only one for the last broker going.</summary>
    public static bool ShowConnection(string json) => json.Contains("\"state\":\"UP\"", StringComparison.Ordinal);
}
