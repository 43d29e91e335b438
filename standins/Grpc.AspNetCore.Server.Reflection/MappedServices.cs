using System.Reflection;
using Google.Protobuf.Reflection;
using Grpc.Core;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace Grpc.AspNetCore.Server.Reflection;

/// <summary>Finds the descriptors of the services that the program maps.</summary>
internal static partial class MappedServices
{
    public static List<ServiceDescriptor> Descriptors(EndpointDataSource endpoints, ILogger logger)
    {
        var descriptors = new List<ServiceDescriptor>();
        var services = endpoints.Endpoints
            .Select(endpoint => endpoint.Metadata.GetMetadata<GrpcMethodMetadata>()?.ServiceType)
            .OfType<Type>()
            .Distinct();
        foreach (var service in services)
        {
            if (Descriptor(service) is { } descriptor)
            {
                descriptors.Add(descriptor);
            }
            else
            {
                LogNoDescriptor(logger, service);
            }
        }

        return descriptors;
    }

    /// <summary>
    /// The attribute stands on the generated base, and says in which generated type the descriptor
    /// is.
    /// </summary>
    private static ServiceDescriptor? Descriptor(Type service)
    {
        var binding = service.GetCustomAttribute<BindServiceMethodAttribute>(inherit: true);
        var property = binding?.BindType.GetProperty(
            "Descriptor", BindingFlags.Public | BindingFlags.Static);
        return property?.GetValue(null) as ServiceDescriptor;
    }

    [LoggerMessage(1, LogLevel.Debug, "Reflection does not show {Service}: it has no descriptor.")]
    private static partial void LogNoDescriptor(ILogger logger, Type service);
}
