using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Aspire.Hosting;

/// <summary>A command that is an HTTP request to an endpoint of the resource.</summary>
internal sealed class HttpCommand(
    EndpointReference endpoint, string path, HttpCommandOptions options)
{
    private HttpMethod Method => options.Method ?? HttpMethod.Post;

    internal string Name
        => $"{endpoint.Resource.Name}-{endpoint.EndpointName}-http-{Method.Method.ToLowerInvariant()}-{path}";

    internal async Task<ExecuteCommandResult> ExecuteAsync(ExecuteCommandContext context)
    {
        if (!endpoint.IsAllocated)
        {
            return CommandResults.Failure("Endpoints are not yet allocated.");
        }
        var client = context.ServiceProvider.GetRequiredService<IHttpClientFactory>()
            .CreateClient(options.HttpClientName ?? Options.DefaultName);
        using var request = new HttpRequestMessage(Method, new Uri(new Uri(endpoint.Url), path));
        if (options.PrepareRequest is { } prepare)
        {
            await prepare(new HttpCommandRequestContext
            {
                ServiceProvider = context.ServiceProvider,
                ResourceName = context.ResourceName,
                Endpoint = endpoint,
                CancellationToken = context.CancellationToken,
                HttpClient = client,
                Request = request,
            }).ConfigureAwait(false);
        }
        try
        {
            using var response = await client.SendAsync(request, context.CancellationToken)
                .ConfigureAwait(false);
            return options.GetCommandResult is { } result
                ? await result(ResultContext(context, client, response)).ConfigureAwait(false)
                : response.IsSuccessStatusCode
                    ? CommandResults.Success()
                    : CommandResults.Failure($"Request failed with status code {response.StatusCode}");
        }
        catch (HttpRequestException failure)
        {
            return CommandResults.Failure(failure);
        }
    }

    private HttpCommandResultContext ResultContext(
        ExecuteCommandContext context, HttpClient client, HttpResponseMessage response)
        => new()
        {
            ServiceProvider = context.ServiceProvider,
            ResourceName = context.ResourceName,
            Endpoint = endpoint,
            CancellationToken = context.CancellationToken,
            HttpClient = client,
            Response = response,
        };
}
