using System.Text.Json;
using EventPipeline.Contracts;
using EventPipeline.Deciding;
using EventPipeline.Domain.Jobs;
using EventPipeline.Messaging;
using Microsoft.Extensions.Logging;

namespace EventPipeline.Coordinator.Settling;

/// <summary>Takes outcomes from <c>stage.results</c> into the log. An outcome may come any number of times, in any order, to any
/// coordinator: the stream's version decides.</summary>
internal sealed partial class OutcomeHandler(
    JobDecisions decisions,
    MessageProducer producer,
    Tally tally,
    TimeProvider time,
    ILogger logger
)
{
    /// <summary>Settles a batch whole or throws; then nothing of it is lost when it comes again.</summary>
    public async Task HandleAsync(IReadOnlyList<Delivery> batch, CancellationToken cancellation)
    {
        var requests = new List<JobRequest>(batch.Count);
        var origins = new List<Delivery>(batch.Count);
        var letters = new List<DeadLetter>();
        foreach (var delivery in batch)
        {
            try
            {
                requests.Add(Read(delivery));
                origins.Add(delivery);
            }
            catch (JsonException unreadable)
            {
                letters.Add(DeadLetter.Of(delivery, unreadable.Message, time.GetUtcNow()));
            }
        }
        if (requests.Count > 0)
        {
            var answers = await decisions.DecideAsync(requests, cancellation);
            foreach (var (delivery, answer) in origins.Zip(answers))
            {
                if (answer.Refusal is { } refusal)
                    letters.Add(DeadLetter.Of(delivery, refusal.Sentence, time.GetUtcNow()));
                else
                    Count(answer);
            }
        }
        foreach (var letter in letters)
        {
            LogUnknown(letter.Topic, letter.Partition, letter.Offset, letter.Reason);
            await letter.SendAsync(producer, cancellation);
        }
        tally.Unknown.Add(letters.Count);
    }

    private static JobRequest Read(Delivery delivery)
    {
        var message = CloudEvent.Read(delivery.Value);
        if (message.Type != CloudEvent.Outcome)
            throw new JsonException($"A message of the type {message.Type} is not an outcome.");
        var outcome = message.DataAs<Outcome>();
        return new JobRequest(
            outcome.JobId,
            new SettleOutcome(outcome),
            new Origin($"worker:{outcome.Metering.WorkerId}", message.Id, message.TraceParent, outcome.Metering)
        );
    }

    private void Count(JobAnswer answer)
    {
        if (answer.Events is [LateOutcomeRefused])
            tally.Late.Add();
        else if (answer.Events.Count == 0)
            tally.Duplicates.Add();
        else
            tally.Accepted.Add();
    }

    [LoggerMessage(LogLevel.Warning, "{Topic}[{Partition}] {Offset} went to the dead letters: {Reason}")]
    private partial void LogUnknown(string topic, int partition, long offset, string reason);
}
