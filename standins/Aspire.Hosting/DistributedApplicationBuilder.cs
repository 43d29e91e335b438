using System.Reflection;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dashboard;
using Aspire.Hosting.Eventing;
using Aspire.Hosting.Launch;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting;

/// <inheritdoc cref="IDistributedApplicationBuilder"/>
public class DistributedApplicationBuilder : IDistributedApplicationBuilder
{
    private readonly HostApplicationBuilder _host;
    private readonly DistributedApplicationOptions _options;
    private readonly EntryPointHooks? _hooks = EntryPointHooks.Current;

    public DistributedApplicationBuilder(string[] args)
        : this(new DistributedApplicationOptions { Args = args })
    {
    }

    public DistributedApplicationBuilder(DistributedApplicationOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        var settings = new HostApplicationBuilderSettings { Args = options.Args };
        _hooks?.BuilderCreating?.Invoke(options, settings);

        AppHostAssembly = options.AssemblyName is { } name
            ? Assembly.Load(name)
            : Assembly.GetEntryAssembly();
        AppHostDirectory = options.ProjectDirectory
            ?? AppHostMetadata.ProjectDirectory(AppHostAssembly)
            ?? settings.ContentRootPath
            ?? Directory.GetCurrentDirectory();
        settings.ApplicationName ??= AppHostAssembly?.GetName().Name;
        settings.ContentRootPath ??= AppHostDirectory;
        _host = new HostApplicationBuilder(settings);
        var dashboard = DashboardSettings.Read(
            options, _host.Configuration, _host.Environment.ApplicationName, AppHostDirectory);
        HostServices.Add(_host.Services, options, Eventing, ExecutionContext, Resources, dashboard);
        _hooks?.BuilderCreated?.Invoke(this);
    }

    public Assembly? AppHostAssembly { get; }

    public string AppHostDirectory { get; }

    public ConfigurationManager Configuration => _host.Configuration;

    public IHostEnvironment Environment => _host.Environment;

    public IServiceCollection Services => _host.Services;

    public IDistributedApplicationEventing Eventing { get; } = new DistributedApplicationEventing();

    public DistributedApplicationExecutionContext ExecutionContext { get; }
        = new(DistributedApplicationOperation.Run);

    public IResourceCollection Resources { get; } = new ResourceCollection();

    public IResourceBuilder<T> AddResource<T>(T resource)
        where T : IResource
    {
        ArgumentNullException.ThrowIfNull(resource);
        if (Resources.FirstOrDefault(known => IsNamed(known, resource.Name)) is { } existing)
        {
            throw new DistributedApplicationException(
                $"Cannot add resource of type '{resource.GetType()}' with name '{resource.Name}' because resource of type '{existing.GetType()}' with that name already exists. Resource names are case-insensitive.");
        }
        Resources.Add(resource);
        return CreateResourceBuilder(resource);
    }

    public IResourceBuilder<T> CreateResourceBuilder<T>(T resource)
        where T : IResource
    {
        ArgumentNullException.ThrowIfNull(resource);
        return new ResourceBuilder<T>(this, resource);
    }

    public DistributedApplication Build()
    {
        _hooks?.Building?.Invoke(this);
        foreach (var names in Resources.GroupBy(resource => resource.Name, StringComparer.OrdinalIgnoreCase))
        {
            if (names.Count() > 1)
            {
                throw new DistributedApplicationException(
                    $"Multiple resources with the name '{names.Key}'. Resource names are case-insensitive.");
            }
        }
        if (_options.EnableResourceLogging)
        {
            Services.AddHostedService<Logs.ResourceLogForwarder>();
        }
        Services.AddHostedService(services => services.GetRequiredService<Health.ResourceHealthMonitor>());
        Services.AddHostedService<Orchestration.OrchestratorService>();
        var application = new DistributedApplication(_host.Build(), _hooks);
        ExecutionContext.ServiceProvider = application.Services;
        _hooks?.Built?.Invoke(application);
        return application;
    }

    private static bool IsNamed(IResource resource, string name)
        => string.Equals(resource.Name, name, StringComparison.OrdinalIgnoreCase);
}
