using System.Net;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting.Health;

/// <summary>
/// Asks every live replica for itself, past the proxy, so that each has its own answer. The answers are in the
/// result's data under the replicas' ids; the result is the worst of them.
/// </summary>
internal sealed class HttpHealthCheck(
    EndpointReference endpoint, string path, int statusCode) : IHealthCheck, IDisposable
{
    private static readonly TimeSpan AnswerTimeMax = TimeSpan.FromSeconds(5);

    // One connection per question: a replica that was replaced must not be reached by an old
    // connection.
    private readonly HttpClient _client = new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.Zero, UseProxy = false })
    {
        Timeout = AnswerTimeMax,
    };

    public async Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var live = endpoint.EndpointAnnotation.Targets.Live;
        var answers = await Task.WhenAll(live.Select(
            async target => (target.ReplicaId, Complaint: await AskAsync(target.Address, cancellationToken).ConfigureAwait(false))))
            .ConfigureAwait(false);
        var data = answers.ToDictionary(
            answer => answer.ReplicaId,
            answer => (object)(answer.Complaint is null ? HealthStatus.Healthy : HealthStatus.Unhealthy));
        var complaint = live.Length == 0
            ? "No process runs."
            : answers.Select(answer => answer.Complaint).FirstOrDefault(text => text is not null);
        return new HealthCheckResult(
            complaint is null ? HealthStatus.Healthy : HealthStatus.Unhealthy, complaint, exception: null, data);
    }

    public void Dispose() => _client.Dispose();

    private async Task<string?> AskAsync(IPEndPoint address, CancellationToken cancellationToken)
    {
        var uri = new Uri(new Uri($"{endpoint.Scheme}://{address}"), path);
        try
        {
            using var response = await _client.GetAsync(uri, cancellationToken)
                .ConfigureAwait(false);
            return (int)response.StatusCode == statusCode
                ? null
                : $"{uri} answered {(int)response.StatusCode}, expected {statusCode}.";
        }
        catch (HttpRequestException failure)
        {
            return $"{uri}: {failure.Message}";
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"{uri} did not answer within {AnswerTimeMax.TotalSeconds:0} s.";
        }
    }
}
