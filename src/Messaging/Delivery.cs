namespace EventPipeline.Messaging;

/// <summary>One message as it was delivered. It may be delivered again.</summary>
/// <param name="Value">Everything a consumer needs: some brokers drop headers and timestamps.</param>
public sealed record Delivery(string Topic, int Partition, long Offset, string? Key, ReadOnlyMemory<byte> Value);

/// <summary>What is to become of a delivery: <see cref="Accept"/>, <see cref="Release"/> or <see cref="Reject"/>.</summary>
public abstract record Settlement;

/// <summary>It is done: nobody gets it again.</summary>
public sealed record Accept : Settlement;

/// <summary>It is not done, and somebody else, or the same one later, can do it: it is delivered again.</summary>
public sealed record Release(string Reason) : Settlement;

/// <summary>Nobody can do it: it goes to the dead letters of its topic, with where it came from and why.</summary>
/// <param name="Reason">A sentence for the one who looks at the dead letters.</param>
public sealed record Reject(string Reason) : Settlement;
