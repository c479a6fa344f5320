using EventPipeline.Contracts;

namespace EventPipeline.Domain;

/// <summary>What a decider answers: events to append, or a refusal. No events and no refusal: the command changes nothing, because what
/// it asks for has already happened.</summary>
public readonly record struct Decision<TEvent>
    where TEvent : Event
{
    private readonly IReadOnlyList<TEvent>? events;

    private Decision(IReadOnlyList<TEvent> events, Refusal? refusal)
    {
        this.events = events;
        Refusal = refusal;
    }

    /// <summary>What happened, in order; empty after a refusal.</summary>
    public IReadOnlyList<TEvent> Events => events ?? [];

    /// <summary>Why nothing happened; null if the command was accepted.</summary>
    public Refusal? Refusal { get; }

    /// <summary>Accepts a command.</summary>
    public static implicit operator Decision<TEvent>(TEvent[] events) => new(events, null);

    /// <summary>Accepts a command.</summary>
    public static implicit operator Decision<TEvent>(List<TEvent> events) => new(events, null);

    /// <summary>Refuses a command.</summary>
    public static implicit operator Decision<TEvent>(Refusal refusal) => new([], refusal);
}
