using System.Text.RegularExpressions;
using Confluent.Kafka;

namespace EventPipeline.Messaging;

/// <summary>What one client's own lines tell of how it sees the cluster. librdkafka (2.15) can come to see it in ways that it never recovers
/// from, and says so only in lines that need <c>debug=metadata</c>: then another client has to take its place. The lines come on threads of
/// the client's.</summary>
internal sealed partial class ClientSight(TimeProvider? clock = null)
{
    /// <summary>How long a client that was told of no broker may take to find one. Most do, in some hundred milliseconds.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>16 bytes of zero in librdkafka's base 64.</summary>
    private const string UnknownTopicId = "AAAAAAAAAAAAAAAAAAAAAA";

    private readonly TimeProvider clock = clock ?? TimeProvider.System;

    // When it was told of no broker; 0 while it knows one.
    private long blindSince;

    /// <summary>A topic was made anew under its name: by an operator, or after a broker lost its memory. The client asks for messages of the
    /// old topic's leader epoch, which a young topic refuses, for ever.</summary>
    public bool KnowsOldTopic { get; private set; }

    /// <summary>A broker said that there is no broker, as one does for a moment after it stood still for so long that its controller gave it
    /// up. The client may then drop every address it has, also those that it was made with, and never ask anybody again (librdkafka's issue
    /// 5301).</summary>
    public bool IsBlind =>
        Interlocked.Read(ref blindSince) is not 0 and var since && clock.GetElapsedTime(since) >= Patience;

    /// <summary>Takes a line in.</summary>
    /// <returns>Whether it is one after which the client may need to be replaced, at once or after <see cref="Patience"/>.</returns>
    public bool Hear(LogMessage line)
    {
        if (
            line.Message.Contains(" changed id from ", StringComparison.Ordinal)
            && !line.Message.Contains($" from {UnknownTopicId} ", StringComparison.Ordinal)
        )
            return KnowsOldTopic = true;
        if (line.Facility != "METADATA" || Brokers().Match(line.Message) is not { Success: true } told)
            return false;
        if (told.Groups["brokers"].Value != "0")
        {
            Interlocked.Exchange(ref blindSince, 0);
            return false;
        }
        // An answer without topics as well makes it ask again.
        return told.Groups["topics"].Value != "0"
            && Interlocked.CompareExchange(ref blindSince, clock.GetTimestamp(), 0) == 0;
    }

    [GeneratedRegex(
        @": (?<brokers>\d+) brokers, (?<topics>\d+) topics$",
        RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture
    )]
    private static partial Regex Brokers();
}
