using EventPipeline.Deciding;
using Microsoft.Extensions.DependencyInjection;

namespace EventPipeline.Coordinator;

/// <summary>What the coordinator adds to a host.</summary>
public static class Configuration
{
    /// <summary>Adds the coordinator and the handling of <see cref="Commands"/>. The host has <c>NpgsqlDataSource</c>, <c>EventLog</c>,
    /// <c>BrokerOptions</c>, <c>MessageProducer</c>, <c>IObjectStore</c> and <c>TimeProvider</c>, one of each per process.</summary>
    public static IServiceCollection AddCoordinator(this IServiceCollection services, CoordinatorOptions options) =>
        services
            .AddSingleton(options)
            .AddSingleton<Commands>()
            .AddSingleton<CoordinatorService>()
            .AddHostedService(provider => provider.GetRequiredService<CoordinatorService>());
}
