using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting;

/// <summary>Adds connection strings that are put together out of other resources.</summary>
public static partial class ConnectionStringBuilderExtensions
{
    public static IResourceBuilder<ConnectionStringResource> AddConnectionString(
        this IDistributedApplicationBuilder builder,
        [ResourceName] string name,
        Action<ReferenceExpressionBuilder> connectionStringBuilder)
    {
        ArgumentNullException.ThrowIfNull(connectionStringBuilder);
        var expression = new ReferenceExpressionBuilder();
        connectionStringBuilder(expression);
        return builder.AddConnectionString(name, expression.Build());
    }

    /// <summary>
    /// The resource is Running as soon as the resources that the expression names have started: started, not
    /// healthy.
    /// </summary>
    public static IResourceBuilder<ConnectionStringResource> AddConnectionString(
        this IDistributedApplicationBuilder builder,
        [ResourceName] string name,
        ReferenceExpression connectionStringExpression)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var resource = builder.AddResource(new ConnectionStringResource(name, connectionStringExpression));
        foreach (var dependency in NamedResources(connectionStringExpression))
        {
            resource.WaitForStart(builder.CreateResourceBuilder(dependency));
        }
        return resource
            .WithReferenceRelationship(connectionStringExpression)
            .WithInitialState(new CustomResourceSnapshot
            {
                ResourceType = "ConnectionString",
                State = KnownResourceStates.NotStarted,
                Properties = [],
            })
            .OnInitializeResource(BecomeAvailableAsync);
    }

    private static IEnumerable<IResource> NamedResources(ReferenceExpression expression)
        => expression.ValueProviders
            .Where(value => value is not IResourceWithoutLifetime)
            .SelectMany(value => value switch
            {
                IResource resource => [resource],
                EndpointReferenceExpression part => [part.Endpoint.Resource],
                IValueWithReferences other => other.References.OfType<IResource>(),
                _ => [],
            })
            .Where(resource => resource is not IResourceWithoutLifetime)
            .DistinctBy(resource => resource.Name, StringComparer.OrdinalIgnoreCase);

    private static async Task BecomeAvailableAsync(
        ConnectionStringResource resource, InitializeResourceEvent start, CancellationToken cancellationToken)
    {
        try
        {
            await start.Eventing.PublishAsync(
                new BeforeResourceStartedEvent(resource, start.Services), cancellationToken)
                    .ConfigureAwait(false);
            await start.Notifications.PublishUpdateAsync(
                resource, state => state with { State = KnownResourceStates.Running })
                    .ConfigureAwait(false);
            await start.Eventing.PublishAsync(
                new ConnectionStringAvailableEvent(resource, start.Services), cancellationToken)
                .ConfigureAwait(false);
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            LogFailed(start.Logger, resource.Name, failure);
            await start.Notifications.PublishUpdateAsync(
                resource, state => state with { State = KnownResourceStates.FailedToStart })
                    .ConfigureAwait(false);
        }
    }

    [LoggerMessage(
        EventId = 1, Level = LogLevel.Error,
        Message = "Failed to resolve connection string for resource '{ResourceName}'")]
    private static partial void LogFailed(ILogger logger, string resourceName, Exception failure);
}
