using EventPipeline.Domain;
using EventPipeline.GraphQL.Annotations;

namespace EventPipeline.Api.Changing;

/// <summary>Why nothing was changed.</summary>
[InterfaceType]
public interface IError
{
    /// <summary>A sentence that whoever asked can act on.</summary>
    string Message { get; }
}

/// <summary>A part of the input cannot be right.</summary>
/// <param name="Message">A sentence that whoever asked can act on.</param>
/// <param name="Field">Which part.</param>
public sealed record InvalidInputError(string Message, string Field) : IError;

/// <summary>There is no such video, or its bytes were removed.</summary>
/// <param name="Message">A sentence that whoever asked can act on.</param>
public sealed record VideoNotFoundError(string Message) : IError;

/// <summary>There is no such job.</summary>
/// <param name="Message">A sentence that whoever asked can act on.</param>
public sealed record JobNotFoundError(string Message) : IError;

/// <summary>The job has ended, so that this can no longer be asked of it.</summary>
/// <param name="Message">A sentence that whoever asked can act on.</param>
public sealed record JobEndedError(string Message) : IError;

/// <summary>Nothing of the job has failed that could be tried again.</summary>
/// <param name="Message">A sentence that whoever asked can act on.</param>
public sealed record NothingToRetryError(string Message) : IError;

/// <summary>The job has not ended, so that this cannot be asked of it yet.</summary>
/// <param name="Message">A sentence that whoever asked can act on.</param>
public sealed record JobRunningError(string Message) : IError;

/// <summary>The stage has not what it needs to run.</summary>
/// <param name="Message">A sentence that whoever asked can act on.</param>
public sealed record StageNotReadyError(string Message) : IError;

internal static class Errors
{
    public static readonly IError NoJob = Of(new JobMissing());

    public static readonly IError NoVideo = new VideoNotFoundError("There is no such video.");

    /// <summary>A refusal as clients see it.</summary>
    public static IError Of(Refusal refusal) =>
        refusal switch
        {
            InputInvalid it => new InvalidInputError(it.Sentence, it.Field),
            VideoMissing it => new VideoNotFoundError(it.Sentence),
            JobMissing it => new JobNotFoundError(it.Sentence),
            JobEnded it => new JobEndedError(it.Sentence),
            NothingToRedrive it => new NothingToRetryError(it.Sentence),
            JobRunning it => new JobRunningError(it.Sentence),
            StageNotReady it => new StageNotReadyError(it.Sentence),
            _ => throw new InvalidOperationException($"Clients do not know the refusal {refusal.GetType().Name}."),
        };
}
