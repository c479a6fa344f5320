using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace EventPipeline.Projections;

/// <summary>Keeps the read models up to date for as long as the host runs. A database that is away is waited for. A projection that fails
/// stops the host: read models that silently stand still are worse.</summary>
internal sealed partial class ProjectionService(ReadModels models, ILogger<ProjectionService> logger)
    : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!await TryEnsureSchemaAsync(stoppingToken))
            await Task.Delay(Pause, stoppingToken);
        await models.CreateFollower().RunAsync(stoppingToken);
    }

    private async Task<bool> TryEnsureSchemaAsync(CancellationToken cancellation)
    {
        try
        {
            await models.EnsureSchemaAsync(cancellation);
            return true;
        }
        catch (NpgsqlException e) when (e.IsTransient)
        {
            LogWaiting(e);
            return false;
        }
    }

    [LoggerMessage(LogLevel.Warning, "The database is not there yet; it is tried again in a second.")]
    private partial void LogWaiting(Exception e);
}
