using EventPipeline.Api.Live;
using EventPipeline.Contracts;
using EventPipeline.EventStore;
using EventPipeline.Projections.Jobs;

namespace EventPipeline.Api.Jobs;

/// <summary>Makes the steps of a job of its events and of the reports of its workers. Pure.</summary>
internal sealed class ProgressFold(JobStarted started)
{
    private readonly ProgressBoard board = new(started.Pipeline);
    private Position position;

    public string Pipeline => started.Pipeline.Name;

    public bool HasEnded => board.End is not null;

    /// <summary>Takes the next event.</summary>
    /// <returns>The step that it is; null if it is none.</returns>
    public JobProgress? Apply(StoredEvent stored, IReadOnlyDictionary<string, double> paces)
    {
        position = stored.Position;
        if (EventTypes.Read(stored.Type, stored.Data.Span) is not { } @event)
            return null;
        board.Apply(@event);
        var state = State(stored.Timestamp, paces);
        return @event switch
        {
            StageRequested { Work: var it } => new AttemptRequested(
                state,
                it.Stage,
                it.Item.Name,
                it.Attempt,
                board[it.Stage].Percent
            ),
            StageSucceeded it => new ItemSettled(state, it.Stage, it.Item, board[it.Stage].Percent, false, null),
            StageSkipped it => new ItemSettled(state, it.Stage, it.Item, board[it.Stage].Percent, true, it.Reason),
            StageFailed it => new AttemptFailed(
                state,
                it.Stage,
                it.Item,
                it.Attempt,
                board[it.Stage].Percent,
                it.Reason,
                it.Kind,
                it.RetryAt
            ),
            StageLost it => new AttemptFailed(
                state,
                it.Stage,
                it.Item,
                it.Attempt,
                board[it.Stage].Percent,
                it.Reason,
                null,
                null
            ),
            JobCompleted => new JobEnded(state, JobStatus.Completed, null, null),
            JobFailed it => new JobEnded(state, JobStatus.Failed, it.Stage, it.Reason),
            JobCancelled it => new JobEnded(state, JobStatus.Cancelled, null, it.Reason),
            _ => null,
        };
    }

    /// <summary>Takes a report.</summary>
    /// <returns>The step that it is; null if it is no news.</returns>
    public JobProgress? Apply(Progress report, IReadOnlyDictionary<string, double> paces) =>
        board.Apply(report)
            ? new AttemptReported(
                State(report.At, paces),
                report.Stage,
                report.Item,
                report.Attempt,
                report.Percent,
                board[report.Stage].Percent,
                report.Activity
            )
            : null;

    /// <summary>Takes what was reported before, without a step.</summary>
    public void WereReported(IEnumerable<Remembered> before)
    {
        foreach (var (newest, highest) in before)
            board.WasReported(newest.Stage, newest.Item, newest.Attempt, highest);
    }

    private ProgressState State(DateTimeOffset at, IReadOnlyDictionary<string, double> paces) =>
        new(position, at, Math.Round(board.Percent, 2), board.Remaining(paces) is { } it ? Math.Round(it, 1) : null);
}
