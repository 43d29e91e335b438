using Aspire.Hosting.ApplicationModel;
using Microsoft.AspNetCore.Http;

namespace Aspire.Hosting.DotNetProjects;

/// <summary>
/// Tells a project without Kestrel endpoints of its own where to listen, with ASPNETCORE_URLS.
/// </summary>
internal static class AspNetCoreUrls
{
    /// <summary>
    /// One endpoint per URL of the launch profile, named after its scheme; a second one gets a
    /// number.
    /// </summary>
    internal static void AddEndpoints(
        IResourceBuilder<ProjectResource> project, LaunchProfile profile)
    {
        var counts = new Dictionary<string, int>();
        foreach (var text in (profile.ApplicationUrl ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries))
        {
            var url = BindingAddress.Parse(text);
            var count = counts[url.Scheme] = counts.GetValueOrDefault(url.Scheme) + 1;
            project.WithEndpoint(count == 1 ? url.Scheme : $"{url.Scheme}{count}", endpoint =>
            {
                endpoint.Port = url.Port;
                endpoint.UriScheme = url.Scheme;
                endpoint.TargetHost = url.Host;
                endpoint.FromLaunchProfile = true;
            });
        }
    }

    internal static void SetVariable(IResourceBuilder<ProjectResource> project)
        => project.WithEnvironment(context =>
        {
            if (context.EnvironmentVariables.ContainsKey("ASPNETCORE_URLS"))
            {
                return;
            }
            var urls = new ReferenceExpressionBuilder();
            foreach (var endpoint in project.Resource.GetEndpoints()
                .Where(endpoint => endpoint.EndpointAnnotation.UriScheme is "http" or "https"))
            {
                if (!urls.IsEmpty)
                {
                    urls.AppendLiteral(";");
                }
                urls.AppendLiteral($"{endpoint.Scheme}://{endpoint.EndpointAnnotation.TargetHost}:");
                urls.AppendFormatted(endpoint.Property(EndpointProperty.TargetPort));
            }
            if (!urls.IsEmpty)
            {
                context.EnvironmentVariables["ASPNETCORE_URLS"] = urls.Build();
            }
        });
}
