namespace EventPipeline.Domain;

/// <summary>An expected "no". It is an answer, not an exception.</summary>
/// <param name="Sentence">A full sentence that whoever asked can act on.</param>
public abstract record Refusal(string Sentence);

/// <summary>The command's own data cannot be right.</summary>
/// <param name="Field">Which part of it, in camel case.</param>
public sealed record InputInvalid(string Field, string Sentence) : Refusal(Sentence);

/// <summary>There is no such video, or its bytes were removed.</summary>
public sealed record VideoMissing(string Sentence) : Refusal(Sentence);

/// <summary>There is no such job.</summary>
public sealed record JobMissing() : Refusal("There is no such job.");

/// <summary>The id already names another job.</summary>
public sealed record JobExists()
    : Refusal("This job id already names a job over another video or with another pipeline.");

/// <summary>The job has ended, so that this can no longer be asked of it.</summary>
public sealed record JobEnded(string Sentence) : Refusal(Sentence);

/// <summary>The job has not ended, so that this cannot be asked of it yet.</summary>
public sealed record JobRunning(string Sentence) : Refusal(Sentence);

/// <summary>The stage has not what it needs to run.</summary>
public sealed record StageNotReady(string Sentence) : Refusal(Sentence);

/// <summary>There is no failed work of that name to try again.</summary>
public sealed record NothingToRedrive(string Sentence) : Refusal(Sentence);

/// <summary>An outcome names an attempt that nobody asked for.</summary>
public sealed record AttemptUnknown(string Stage, string Item, int Attempt)
    : Refusal($"Nobody asked for attempt {Attempt} of stage {Stage}, item {Item}.");
