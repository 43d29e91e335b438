using Aspire.Hosting.ApplicationModel;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting.DotNetProjects;

/// <summary>
/// Makes an endpoint out of each <c>Kestrel:Endpoints</c> entry of the project's own appsettings: the entry's port
/// becomes the one that callers use, and each process gets another one to listen on.
/// </summary>
internal static class KestrelEndpoints
{
    /// <returns>Whether there are any.</returns>
    internal static bool Add(IResourceBuilder<ProjectResource> project, IProjectMetadata metadata)
    {
        var configuration = Read(metadata.ProjectPath);
        var defaultProtocols = configuration["Kestrel:EndpointDefaults:Protocols"];
        var found = configuration.GetSection("Kestrel:Endpoints").GetChildren()
            .Where(section => section["Url"] is not null)
            .Select(section => (section.Key, Url: BindingAddress.Parse(section["Url"]!), Protocols: section["Protocols"]))
            .GroupBy(entry => entry.Url.Scheme)
            .ToArray();
        foreach (var sameScheme in found)
        {
            var isOnlyOne = sameScheme.Count() == 1;
            foreach (var (key, url, protocols) in sameScheme)
            {
                // The name is the scheme where that is unambiguous: other resources ask for
                // http://{project}.
                project.WithEndpoint(isOnlyOne ? url.Scheme : key, endpoint =>
                {
                    endpoint.Port = url.Port;
                    endpoint.UriScheme = url.Scheme;
                    endpoint.TargetHost = Host(url.Host);
                    if ((protocols ?? defaultProtocols) == "Http2")
                    {
                        endpoint.Transport = "http2";
                    }
                    project.Resource.KestrelHosts[endpoint] = endpoint.TargetHost;
                });
            }
        }
        if (found.Length > 0)
        {
            SetVariables(project);
        }
        return found.Length > 0;
    }

    /// <summary>
    /// Endpoints in Kestrel's configuration override all others, so every endpoint has to be there.
    /// </summary>
    private static void SetVariables(IResourceBuilder<ProjectResource> project)
        => project.WithEnvironment(context =>
        {
            foreach (var endpoint in project.Resource.GetEndpoints())
            {
                var annotation = endpoint.EndpointAnnotation;
                var host = project.Resource.KestrelHosts.GetValueOrDefault(annotation, "localhost");
                context.EnvironmentVariables[$"Kestrel__Endpoints__{annotation.Name}__Url"] = ReferenceExpression.Create(
                    $"{annotation.UriScheme}://{host}:{endpoint.Property(EndpointProperty.TargetPort)}");
            }
        });

    private static string Host(string host)
        => string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase) ? "localhost" : host;

    private static IConfigurationRoot Read(string projectPath)
    {
        var folder = Path.GetDirectoryName(projectPath)!;
        var environment = Environment.GetEnvironmentVariable("ASPNETCORE_ENVIRONMENT")
            ?? Environment.GetEnvironmentVariable("DOTNET_ENVIRONMENT");
        return new ConfigurationBuilder()
            .AddJsonFile(Path.Combine(folder, "appsettings.json"), optional: true)
            .AddJsonFile(Path.Combine(folder, $"appsettings.{environment}.json"), optional: true)
            .Build();
    }
}
