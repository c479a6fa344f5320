namespace EventPipeline.Contracts;

/// <summary>Something that happened, as it is written to a stream. Never changed, only added to; a changed shape gets a new
/// name in <see cref="EventTypes"/> and an upcaster.</summary>
public abstract record Event;

/// <summary>An event of a Video stream (stream id = video id).</summary>
public abstract record VideoEvent : Event;

/// <summary>An event of a Job stream (stream id = job id).</summary>
public abstract record JobEvent : Event;

/// <summary>A typed finding of a stage. It is appended to the job's stream beside the <see cref="StageSucceeded"/> that
/// brought it; which stage, item, attempt, engine and model found it stands in the event's <see cref="EventHeaders"/>.</summary>
public abstract record Fact : JobEvent;
