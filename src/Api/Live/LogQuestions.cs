using EventPipeline.EventStore;
using EventPipeline.GraphQL.Annotations;

namespace EventPipeline.Api.Live;

/// <summary>Questions about the log itself.</summary>
[QueryType]
public static class LogQuestions
{
    /// <summary>Where the log ends now. Ask for it first, then for a list that waits for it (`waitFor`), and subscribe to what happens
    /// `after` it: nothing falls between.</summary>
    public static Task<Position> GetPositionAsync(LiveLog log, CancellationToken cancellation) =>
        log.EndAsync(cancellation);
}
