using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net.Sockets;

namespace EventPipeline.Messaging;

/// <summary>Finds out what a broker understands.</summary>
public static class BrokerProfiles
{
    private const int LongestAnswer = 64 * 1024 * 1024;
    private const short InitProducerIdKey = 22;
    private const short ConsumerGroupHeartbeatKey = 68;
    private static readonly TimeSpan ProbeTimeout = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    private static readonly byte[] ApiVersions = Request(18);
    private static readonly byte[] OldMetadata = Request(3, 0, 0, 0, 0); // of all topics

    private static readonly ConcurrentDictionary<string, BrokerProfile> Known = new(StringComparer.Ordinal);

    /// <summary>Asks the brokers with Kafka's ApiVersions request, which every broker since 0.10 answers and an older one
    /// hangs up on. Waits until one of them can be reached. The answer is kept for the life of the process.</summary>
    /// <remarks>Brokers behind TLS or SASL are not asked: <see cref="BrokerProfile.Modern"/> is assumed, and another profile
    /// has to be named.</remarks>
    public static async Task<BrokerProfile> DetectAsync(BrokerOptions options, CancellationToken cancellation)
    {
        if (options.Profile != BrokerProfile.Auto)
            return options.Profile;
        if (
            options.ClientSettings.TryGetValue("security.protocol", out var protocol)
            && !protocol.Equals("plaintext", StringComparison.OrdinalIgnoreCase)
        )
            return BrokerProfile.Modern;
        if (Known.TryGetValue(options.BootstrapServers, out var known))
            return known;

        var pause = TimeSpan.FromMilliseconds(50);
        while (true)
        {
            foreach (var server in options.BootstrapServers.Split(',', StringSplitOptions.TrimEntries))
                if (await ProbeAsync(server, cancellation) is { } profile)
                    return Known.GetOrAdd(options.BootstrapServers, profile);
            await Task.Delay(pause, cancellation);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    /// <summary>As <see cref="DetectAsync(BrokerOptions, CancellationToken)"/>, for brokers without further settings.</summary>
    public static Task<BrokerProfile> DetectAsync(string bootstrapServers, CancellationToken cancellation) =>
        DetectAsync(new BrokerOptions(bootstrapServers), cancellation);

    /// <summary>Null if the broker cannot be reached or does not answer now.</summary>
    private static async Task<BrokerProfile?> ProbeAsync(string server, CancellationToken cancellation)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        timeout.CancelAfter(ProbeTimeout);
        try
        {
            if (await AskAsync(server, ApiVersions, timeout.Token) is { } versions)
                return Read(versions);
            // A broker that starts or stops hangs up as well. An old one answers the old question, and hangs up again.
            return
                await AskAsync(server, OldMetadata, timeout.Token) is not null
                && await AskAsync(server, ApiVersions, timeout.Token) is null
                ? BrokerProfile.Legacy
                : null;
        }
        catch (SocketException)
        {
            return null;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>The answer to a request; null if the broker hung up.</summary>
    private static async Task<byte[]?> AskAsync(string server, byte[] request, CancellationToken cancellation)
    {
        var (host, port) = Endpoint(server);
        using var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(host, port, cancellation);
        try
        {
            var stream = client.GetStream();
            await stream.WriteAsync(request, cancellation);
            var head = new byte[4];
            await stream.ReadExactlyAsync(head, cancellation);
            var length = BinaryPrimitives.ReadInt32BigEndian(head);
            if (length is < 10 or > LongestAnswer)
                throw new InvalidOperationException($"What listens at {server} does not speak Kafka's protocol.");
            var body = new byte[length];
            await stream.ReadExactlyAsync(body, cancellation);
            return body;
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Version 0 of a request: length, key, version, correlation id, no client id, and what it asks.</summary>
    private static byte[] Request(short key, params ReadOnlySpan<byte> asked)
    {
        var request = new byte[14 + asked.Length];
        BinaryPrimitives.WriteInt32BigEndian(request, request.Length - 4);
        BinaryPrimitives.WriteInt16BigEndian(request.AsSpan(4), key);
        BinaryPrimitives.WriteInt16BigEndian(request.AsSpan(12), -1);
        asked.CopyTo(request.AsSpan(14));
        return request;
    }

    /// <summary>The answer: correlation id, error, count, then key, lowest and highest version of every request.</summary>
    internal static BrokerProfile Read(ReadOnlySpan<byte> response)
    {
        var keys = new HashSet<short>();
        for (var at = 10; at + 6 <= response.Length; at += 6)
            keys.Add(BinaryPrimitives.ReadInt16BigEndian(response[at..]));
        return keys.Contains(ConsumerGroupHeartbeatKey) ? BrokerProfile.Modern
            : keys.Contains(InitProducerIdKey) ? BrokerProfile.Classic
            : BrokerProfile.Legacy;
    }

    private static (string Host, int Port) Endpoint(string server)
    {
        var plain = server[(server.IndexOf("://", StringComparison.Ordinal) is var scheme and >= 0 ? scheme + 3 : 0)..];
        var colon = plain.LastIndexOf(':');
        if (colon < 0)
            return (plain, 9092);
        return int.TryParse(plain.AsSpan(colon + 1), out var port) && port is > 0 and < 65536
            ? (plain[..colon].Trim('[', ']'), port)
            : throw new ArgumentException($"'{server}' is not a Kafka address of the form host:port.", nameof(server));
    }
}
