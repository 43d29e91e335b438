using Grpc.AspNetCore.Server.Reflection;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps gRPC server reflection.</summary>
public static class GrpcReflectionEndpointRouteBuilderExtensions
{
    /// <summary>Maps both versions of it; conventions apply to both.</summary>
    /// <exception cref="InvalidOperationException">AddGrpcReflection was not called.</exception>
    public static IEndpointConventionBuilder MapGrpcReflectionService(
        this IEndpointRouteBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var known = builder.ServiceProvider.GetRequiredService<IServiceProviderIsService>();
        if (!known.IsService(typeof(ReflectionAnswers)))
        {
            throw new InvalidOperationException("Unable to find the required services. Please add "
                + "all the required services by calling 'IServiceCollection.AddGrpcReflection()'.");
        }

        return new Both(
            builder.MapGrpcService<ReflectionServiceAlpha>(),
            builder.MapGrpcService<ReflectionService>());
    }

    private sealed class Both(IEndpointConventionBuilder alpha, IEndpointConventionBuilder current)
        : IEndpointConventionBuilder
    {
        public void Add(Action<EndpointBuilder> convention)
        {
            alpha.Add(convention);
            current.Add(convention);
        }

        public void Finally(Action<EndpointBuilder> finallyConvention)
        {
            alpha.Finally(finallyConvention);
            current.Finally(finallyConvention);
        }
    }
}
