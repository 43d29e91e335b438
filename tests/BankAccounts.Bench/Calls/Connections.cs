using BankAccounts.Bench.Processes;
using Grpc.Core;
using Grpc.Net.Client;

namespace BankAccounts.Bench.Calls;

/// <summary>HTTP/2 connections to the replicas of a service: one for each channel.</summary>
public sealed class Connections : IDisposable
{
    private readonly GrpcChannel[] channels;

    public Connections(IReadOnlyList<Uri> addresses, int perAddress)
    {
        channels =
        [
            .. Enumerable.Range(0, perAddress).SelectMany(_ => addresses)
                .Select(address => GrpcChannel.ForAddress(address, new GrpcChannelOptions
                {
                    HttpHandler = new SocketsHttpHandler { EnableMultipleHttp2Connections = false },
                    DisposeHttpClient = true,
                    MaxReceiveMessageSize = null,
                })),
        ];
        Invokers = [.. channels.Select(channel => channel.CreateCallInvoker())];
    }

    /// <summary>One for each connection; neighbours go to different replicas.</summary>
    public IReadOnlyList<CallInvoker> Invokers { get; }

    /// <summary>The connection of a caller, by its number.</summary>
    public CallInvoker this[int caller] => Invokers[caller % Invokers.Count];

    /// <summary>Connections to a service of the bank, by the way that was asked for.</summary>
    internal static Connections To(BankUnderTest bank, string service, BenchOptions options, int perReplica) =>
        options.ThroughProxy
            ? new Connections([bank.ProxyOf(service)], perReplica * bank.ReplicasOf(service).Count)
            : new Connections(bank.ReplicasOf(service), perReplica);

    public void Dispose() => Array.ForEach(channels, channel => channel.Dispose());
}
