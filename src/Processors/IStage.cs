using EventPipeline.Contracts;

namespace EventPipeline.Processors;

/// <summary>One step of a pipeline. Stateless: everything it needs is in the context, everything it finds is in the result. It may
/// run twice for the same work item, so the same input gives the same facts and the same objects.</summary>
public interface IStage
{
    /// <summary>Name in the pipeline and of the topic, for example <c>probe</c>.</summary>
    string Name { get; }

    /// <summary>Raised whenever the same input may give other facts. Recorded with every fact.</summary>
    string Version { get; }

    /// <summary>Files of the model catalogue that it cannot work without: a node has them before it takes work. Most stages need none.</summary>
    IReadOnlyCollection<string> Models => [];

    /// <summary>Does one work item.</summary>
    /// <exception cref="StageException">An expected failure: it becomes the attempt's outcome, and so does a
    /// <see cref="Engines.Models.ModelException"/>, as a transient one. Any other exception is treated as transient, logged with its
    /// details, and shown to users without them.</exception>
    Task<StageResult> RunAsync(StageContext context, CancellationToken cancellation);
}

/// <summary>What a stage found.</summary>
/// <param name="Facts">In a fixed order; they go into the log and to the stages that need this one.</param>
/// <param name="Items">Work for the stages that fan out over this one.</param>
public sealed record StageResult(IReadOnlyList<Fact> Facts, IReadOnlyList<Item> Items)
{
    /// <summary>Facts without items.</summary>
    public StageResult(params IReadOnlyList<Fact> facts)
        : this(facts, []) { }
}

/// <summary>An expected failure of a stage.</summary>
/// <param name="reason">A sentence a user can act on, without paths or internals.</param>
public sealed class StageException(FailureKind kind, string reason, Exception? inner = null) : Exception(reason, inner)
{
    /// <summary>What happens next.</summary>
    public FailureKind Kind { get; } = kind;

    /// <summary>The input is at fault.</summary>
    public static StageException Rejected(string reason) => new(FailureKind.Rejected, reason);

    /// <summary>Trying again cannot help.</summary>
    public static StageException Permanent(string reason, Exception? inner = null) =>
        new(FailureKind.Permanent, reason, inner);

    /// <summary>Trying again may help.</summary>
    public static StageException Transient(string reason, Exception? inner = null) =>
        new(FailureKind.Transient, reason, inner);
}
