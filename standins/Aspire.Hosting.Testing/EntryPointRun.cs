using System.Reflection;
using Aspire.Hosting.Launch;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Testing;

/// <summary>
/// One run of an AppHost's Program on a thread of its own, which pauses where it builds the application and where
/// it starts it, until the test goes on.
/// </summary>
internal sealed class EntryPointRun(
    Assembly appHost,
    string[] args,
    Action<DistributedApplicationOptions, HostApplicationBuilderSettings> configureBuilder) : IAsyncDisposable
{
    private readonly TaskCompletionSource<DistributedApplicationBuilder> _described = NewSource<DistributedApplicationBuilder>();
    private readonly TaskCompletionSource<bool> _mayBuild = NewSource<bool>();
    private readonly TaskCompletionSource<DistributedApplication> _built = NewSource<DistributedApplication>();
    private readonly TaskCompletionSource<bool> _mayStart = NewSource<bool>();
    private readonly TaskCompletionSource _started = NewSource();
    private readonly TaskCompletionSource _ended = NewSource();

    /// <summary>Completes when the Program has returned or thrown.</summary>
    internal Task Ended => _ended.Task;

    internal async Task<IDistributedApplicationTestingBuilder> RunToBuildAsync(
        CancellationToken cancellationToken)
    {
        new Thread(Run) { IsBackground = true, Name = $"{appHost.GetName().Name} entry point" }.Start();
        var builder = await _described.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        return new TestingBuilder(builder, this);
    }

    internal Task<DistributedApplication> BuildAsync(CancellationToken cancellationToken)
    {
        _mayBuild.TrySetResult(true);
        return _built.Task.WaitAsync(cancellationToken);
    }

    internal Task StartAsync(CancellationToken cancellationToken)
    {
        _mayStart.TrySetResult(true);
        return _started.Task.WaitAsync(cancellationToken);
    }

    /// <summary>
    /// A Program that still pauses goes on to its end without building or starting anything.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        _mayBuild.TrySetResult(false);
        _mayStart.TrySetResult(false);
        if (_described.Task.IsCompletedSuccessfully)
        {
            await _ended.Task.ConfigureAwait(false);
        }
    }

    private static TaskCompletionSource<T> NewSource<T>()
        => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static TaskCompletionSource NewSource()
        => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Run()
    {
        EntryPointHooks.Current = new EntryPointHooks
        {
            BuilderCreating = Configure,
            Building = Pause,
            Built = application => _built.TrySetResult(application),
            MayStart = () => _mayStart.Task,
            Started = failure => Complete(_started, failure),
        };
        Exception end = new InvalidOperationException(
            $"The entry point of '{appHost.GetName().Name}' ended without building or starting a {nameof(DistributedApplication)}.");
        try
        {
            var main = appHost.EntryPoint
                ?? throw new InvalidOperationException($"'{appHost.GetName().Name}' has no entry point.");
            main.Invoke(null, main.GetParameters().Length == 0 ? [] : [args]);
        }
        catch (TargetInvocationException failure)
        {
            end = failure.InnerException ?? failure;
        }
        // Whatever ends the Program is told to the test, on whose thread it can be seen.
#pragma warning disable CA1031
        catch (Exception failure)
#pragma warning restore CA1031
        {
            end = failure;
        }
        _described.TrySetException(end);
        _built.TrySetException(end);
        _started.TrySetException(end);
        _ended.TrySetResult();
    }

    private static void Complete(TaskCompletionSource source, Exception? failure)
    {
        if (failure is null)
        {
            source.TrySetResult();
        }
        else
        {
            source.TrySetException(failure);
        }
    }

    private void Configure(
        DistributedApplicationOptions options, HostApplicationBuilderSettings settings)
    {
        settings.Args = [.. settings.Args ?? [], .. args];
        options.Args = settings.Args;
        options.AssemblyName = appHost.GetName().Name;
        options.DisableDashboard = true;
        options.EnableResourceLogging = true;
        settings.ApplicationName = options.AssemblyName;
        settings.ContentRootPath = AppHostMetadata.ProjectDirectory(appHost);
        // Arguments are read after this and win over it.
        settings.Configuration ??= new ConfigurationManager();
        settings.Configuration.AddInMemoryCollection([new("DcpPublisher:RandomizePorts", "true")]);
        configureBuilder(options, settings);
    }

    private void Pause(DistributedApplicationBuilder builder)
    {
        _described.TrySetResult(builder);
        if (!_mayBuild.Task.GetAwaiter().GetResult())
        {
            throw new OperationCanceledException("The testing builder was disposed before the application was built.");
        }
    }
}
