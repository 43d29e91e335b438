using Grpc.AspNetCore.Server.Reflection;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers gRPC server reflection.</summary>
public static class GrpcReflectionServiceExtensions
{
    public static IServiceCollection AddGrpcReflection(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);

        // The services are looked for at the first call, when all of them are mapped.
        services.TryAddSingleton(provider => new ReflectionAnswers(
            MappedServices.Descriptors(
                provider.GetRequiredService<EndpointDataSource>(),
                provider.GetRequiredService<ILogger<ReflectionAnswers>>())));
        services.TryAddSingleton<ReflectionService>();
        services.TryAddSingleton<ReflectionServiceAlpha>();
        return services;
    }
}
