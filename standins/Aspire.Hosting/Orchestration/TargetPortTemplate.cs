using System.Globalization;
using System.Text.RegularExpressions;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Orchestration;

/// <summary>
/// Stands in variables and arguments for the port of the process that will get them: with several replicas the
/// port is known only when one of them starts.
/// </summary>
internal static partial class TargetPortTemplate
{
    internal static string For(IResource resource, EndpointAnnotation endpoint)
        => $$$"""{{- portForServing "{{{resource.Name}}}/{{{endpoint.Name}}}" -}}""";

    /// <exception cref="DistributedApplicationException">It is the port of another resource's replicas.</exception>
    internal static string Resolve(string text, Replica replica)
        => Pattern().Replace(text, match =>
        {
            var (resource, endpoint) = (match.Groups[1].Value, match.Groups[2].Value);
            var port = replica.Resource.Name == resource
                ? replica.TargetPorts.First(pair => pair.Key.Name == endpoint).Value
                : throw new DistributedApplicationException(
                    $"Resource '{replica.Resource.Name}' asks for the target port of endpoint '{endpoint}' of resource '{resource}', which only that resource's own processes have. Use its Port.");
            return port.ToString(CultureInfo.InvariantCulture);
        });

    [GeneratedRegex("""\{\{- portForServing "([^"/]+)/([^"]+)" -\}\}""")]
    private static partial Regex Pattern();
}
