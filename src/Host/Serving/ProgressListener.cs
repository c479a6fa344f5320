using EventPipeline.Api.Live;
using EventPipeline.Contracts;
using EventPipeline.Messaging;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace EventPipeline.Host.Serving;

/// <summary>Hears what workers report and tells the subscribers of this node.</summary>
internal sealed class ProgressListener(
    BrokerOptions broker,
    Topics topics,
    ProgressReports reports,
    TimeProvider time,
    ILogger<ProgressListener> logger
) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stopping) =>
        new BroadcastReader(
            broker,
            topics.Progress,
            BroadcastStart.End,
            delivery => reports.Take(CloudEvent.Read(delivery.Value).DataAs<Progress>()),
            logger,
            time
        ).RunAsync(stopping);
}
