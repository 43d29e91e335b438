using BankAccounts.ProjectionService.Log;
using BankAccounts.ServiceDefaults;
using BankAccounts.ServiceDefaults.Grpc;
using BankAccounts.ServiceDefaults.Overload;
using BankAccounts.V1;
using Confluent.Kafka;
using Google.Protobuf.Collections;
using Grpc.Core;
using Microsoft.Extensions.Options;

namespace BankAccounts.ProjectionService.Grpc;

/// <summary>The gRPC face of the ledger, for operators and auditors.</summary>
public sealed partial class LedgerGrpcService(
    StatusReader statuses,
    LogEnds logEnds,
    VerifyCall verify,
    RebuildCall rebuild,
    VoidList voids,
    ChannelList channels,
    ReleaseCall release,
    IHostApplicationLifetime lifetime,
    IOptions<BankOptions> bank,
    ILogger<LedgerGrpcService> logger) : LedgerService.LedgerServiceBase
{
    /// <summary>A status without the log's end is better than none.</summary>
    private static readonly TimeSpan EndTimeout = TimeSpan.FromSeconds(2);

    /// <inheritdoc/>
    public override Task<GetStatusResponse> GetStatus(GetStatusRequest request, ServerCallContext context) =>
        AnswerAsync(async () =>
        {
            var partitions = await Task.WhenAll(Enumerable.Range(0, bank.Value.PartitionCount)
                .Select(partition => StatusOfAsync(partition, context.CancellationToken)));
            return new GetStatusResponse { Partitions = { partitions } };
        });

    /// <inheritdoc/>
    public override Task Verify(
        VerifyRequest request, IServerStreamWriter<VerifyResponse> responseStream, ServerCallContext context) =>
        StreamAsync(
            request.Partitions,
            (partitions, cancellation) => verify.RunAsync(partitions, responseStream, cancellation),
            context);

    /// <inheritdoc/>
    public override Task Rebuild(
        RebuildRequest request, IServerStreamWriter<RebuildResponse> responseStream, ServerCallContext context) =>
        StreamAsync(
            request.Partitions,
            (partitions, cancellation) => rebuild.RunAsync(partitions, responseStream, cancellation),
            context);

    /// <inheritdoc/>
    public override Task<ListVoidsResponse> ListVoids(ListVoidsRequest request, ServerCallContext context) =>
        AnswerAsync(() => voids.ReadAsync(request, context.CancellationToken));

    /// <inheritdoc/>
    public override Task<ListChannelsResponse> ListChannels(
        ListChannelsRequest request, ServerCallContext context) =>
        AnswerAsync(() => channels.ReadAsync(context.CancellationToken));

    /// <inheritdoc/>
    public override Task<ReleaseChannelResponse> ReleaseChannel(
        ReleaseChannelRequest request, ServerCallContext context) =>
        AnswerAsync(() =>
        {
            LogAsked(context.GetHttpContext().CallerName(), context.Method, request.ToString());
            return release.RunAsync(request, context);
        });

    /// <summary>A server that stops does not wait for what may take an hour.</summary>
    private async Task StreamAsync(
        RepeatedField<int> partitions,
        Func<IReadOnlyList<int>, CancellationToken, Task> answer,
        ServerCallContext context)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(
            context.CancellationToken, lifetime.ApplicationStopping);
        try
        {
            await AnswerAsync(async () =>
            {
                var all = Checked(partitions);
                LogAsked(context.GetHttpContext().CallerName(), context.Method, string.Join(", ", all));
                await answer(all, ending.Token);
                return true;
            });
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            throw BankErrors.Create(Reasons.ShuttingDown, "This server is going down; ask another one.");
        }
    }

    private async Task<PartitionStatus> StatusOfAsync(int partition, CancellationToken cancellation)
    {
        var status = await statuses.ReadAsync(partition, cancellation);
        try
        {
            var end = await logEnds.EndAsync(partition, cancellation).WaitAsync(EndTimeout, cancellation);
            status.EndOffset = end;
            status.Lag = Math.Max(0, end - Math.Max(0, status.Position));
        }
        catch (Exception away) when (away is KafkaException or TimeoutException)
        {
            // The end stays unknown, and the answer says so.
        }
        return status;
    }

    private List<int> Checked(RepeatedField<int> partitions)
    {
        var fields = new FieldChecks();
        if (partitions.Distinct().Count() < partitions.Count
            || partitions.Any(partition => partition < 0 || partition >= bank.Value.PartitionCount))
        {
            fields.Add("partitions", $"must be numbers from 0 to {bank.Value.PartitionCount - 1}, each at most once.");
        }
        fields.ThrowIfAny();
        return partitions.Count > 0 ? [.. partitions] : [.. Enumerable.Range(0, bank.Value.PartitionCount)];
    }

    [LoggerMessage(EventId = 2402, Level = LogLevel.Information, Message = "{Caller} asks for {Method} of {What}.")]
    private partial void LogAsked(string caller, string method, string what);

    private static async Task<T> AnswerAsync<T>(Func<Task<T>> answer)
    {
        try
        {
            return await answer();
        }
        catch (Exception failed) when (LedgerErrors.Of(failed) is { } error)
        {
            throw error;
        }
    }
}
