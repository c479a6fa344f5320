using Microsoft.Extensions.Hosting;

namespace EventPipeline.Projections;

/// <summary>Keeps the read models up to date for as long as the host runs. A projection that fails stops the host: read models that
/// silently stand still are worse.</summary>
internal sealed class ProjectionService(ReadModels models) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await models.EnsureSchemaAsync(stoppingToken);
        await models.CreateFollower().RunAsync(stoppingToken);
    }
}
