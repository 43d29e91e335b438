using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.DotNetProjects;
using Aspire.Hosting.Processes;

namespace Aspire.Hosting.Orchestration;

/// <summary>Asks a resource's callbacks and values for what its process starts with.</summary>
internal sealed class ProcessSpecBuilder(
    DistributedApplicationExecutionContext executionContext, ResourceLoggerService logs)
{
    /// <exception cref="DistributedApplicationException">
    /// The program or a value is missing, or the resource is a container.
    /// </exception>
    internal async Task<ProcessSpec> BuildAsync(
        Replica replica, CancellationToken cancellationToken)
    {
        var resource = replica.Resource;
        var environment = await EnvironmentAsync(replica, cancellationToken).ConfigureAwait(false);
        var arguments = await ArgumentsAsync(replica, cancellationToken).ConfigureAwait(false);
        if (resource is ProjectResource project)
        {
            var program = await ProjectProgram.FindAsync(project, cancellationToken)
                .ConfigureAwait(false);
            return program with { Arguments = [.. program.Arguments, .. arguments], Environment = environment };
        }
        var executable = resource.Annotations.OfType<ExecutableAnnotation>().LastOrDefault()
            ?? throw new DistributedApplicationException(
                $"Resource '{resource.Name}' is a container, and no container runtime can be used here. Start the AppHost with genuine Aspire and Docker, or use a local process or a connection string instead.");
        if (!Directory.Exists(executable.WorkingDirectory))
        {
            throw new DistributedApplicationException(
                $"The working directory '{executable.WorkingDirectory}' of resource '{resource.Name}' does not exist.");
        }
        var path = environment.GetValueOrDefault("PATH") ?? Environment.GetEnvironmentVariable("PATH");
        return new ProcessSpec
        {
            FileName = ExecutableFinder.Find(executable.Command, executable.WorkingDirectory, path),
            Arguments = arguments,
            WorkingDirectory = executable.WorkingDirectory,
            Environment = environment,
        };
    }

    private async Task<Dictionary<string, string>> EnvironmentAsync(
        Replica replica, CancellationToken cancellationToken)
    {
        var context = new EnvironmentCallbackContext(
            executionContext, replica.Resource, cancellationToken: cancellationToken)
        {
            Logger = logs.GetLogger(replica.Id),
        };
        foreach (var annotation in replica.Resource.Annotations.OfType<EnvironmentCallbackAnnotation>().ToList())
        {
            await annotation.Callback(context).ConfigureAwait(false);
        }
        var resolved = new Dictionary<string, string>();
        foreach (var (name, value) in context.EnvironmentVariables)
        {
            if (await ResolveAsync(value, replica, cancellationToken).ConfigureAwait(false) is { } text)
            {
                resolved[name] = text;
            }
        }
        return resolved;
    }

    private async Task<List<string>> ArgumentsAsync(
        Replica replica, CancellationToken cancellationToken)
    {
        var context = new CommandLineArgsCallbackContext([], replica.Resource, cancellationToken)
        {
            ExecutionContext = executionContext,
            Logger = logs.GetLogger(replica.Id),
        };
        foreach (var annotation in replica.Resource.Annotations.OfType<CommandLineArgsCallbackAnnotation>().ToList())
        {
            await annotation.Callback(context).ConfigureAwait(false);
        }
        var resolved = new List<string>();
        foreach (var value in context.Args)
        {
            if (await ResolveAsync(value, replica, cancellationToken).ConfigureAwait(false) is { } text)
            {
                resolved.Add(text);
            }
        }
        return resolved;
    }

    private async Task<string?> ResolveAsync(
        object? value, Replica replica, CancellationToken cancellationToken)
    {
        var context = new ValueProviderContext { ExecutionContext = executionContext, Caller = replica.Resource };
        var text = value switch
        {
            null => null,
            string plain => plain,
            IValueProvider provider => await provider.GetValueAsync(context, cancellationToken).ConfigureAwait(false),
            IResourceBuilder<IResource> { Resource: IValueProvider provider }
                => await provider.GetValueAsync(context, cancellationToken).ConfigureAwait(false),
            _ => Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture),
        };
        return text is null
            ? null
            : TargetPortTemplate.Resolve(text, replica)
                .Replace(OtlpTemplate.InstanceId, replica.Suffix, StringComparison.Ordinal);
    }
}
