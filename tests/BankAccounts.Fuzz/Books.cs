using System.Collections.Concurrent;
using BankAccounts.V1;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Grpc.Net.Client.Configuration;

namespace BankAccounts.Fuzz;

/// <summary>
/// What every account must have by the answers alone: the sum of what was accepted, each command once, known by its
/// position. An account about which an answer was not clear is left out; the log tells of those.
/// </summary>
internal sealed class Books
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);

    /// <summary>A hostile caller may just have had a partition rebuilt: its state is asked for again until it is there.</summary>
    private static readonly GrpcChannelOptions Patient = new()
    {
        MaxRetryAttempts = (int)(Patience / Look),
        ServiceConfig = new()
        {
            MethodConfigs =
            {
                new()
                {
                    Names = { MethodName.Default },
                    RetryPolicy = new()
                    {
                        MaxAttempts = (int)(Patience / Look),
                        InitialBackoff = Look,
                        BackoffMultiplier = 1,
                        MaxBackoff = Look,
                        RetryableStatusCodes = { StatusCode.Unavailable },
                    },
                },
            },
        },
    };

    private readonly ConcurrentDictionary<(int Partition, long Offset), (string Account, long Change)[]> accepted = new();
    private readonly ConcurrentDictionary<(int Partition, long Offset), IMessage> open = new();
    private readonly ConcurrentDictionary<string, bool> doubted = new();

    /// <summary>How many commands were accepted.</summary>
    public int Accepted => accepted.Count;

    /// <summary>Of how many accounts it is not known what they must have.</summary>
    public int Doubted => doubted.Count;

    /// <summary>A command was answered with a decision that is no refusal.</summary>
    public void Decided(IMessage request, Decision decision)
    {
        if (ChangesOf(request).Length == 0)
        {
            return;
        }
        var place = (decision.Position.Partition, decision.Position.Offset);
        if (decision.Outcome == Outcome.Accepted)
        {
            accepted[place] = ChangesOf(request);
        }
        else
        {
            open[place] = request;
        }
    }

    /// <summary>It is not known what became of a command.</summary>
    public void Unknown(IMessage request) =>
        Array.ForEach(ChangesOf(request), change => doubted[change.Account] = true);

    /// <summary>Asks what became of everything that was not final, and then for every balance.</summary>
    public async Task<int> CheckAsync(Uri queries, Findings findings)
    {
        using var channel = GrpcChannel.ForAddress(queries, Patient);
        var bank = new QueryService.QueryServiceClient(channel);
        await Parallel.ForEachAsync(open, Few, async (one, _) => await CloseAsync(bank, one.Key, one.Value, findings));
        var sums = accepted.Values.SelectMany(changes => changes)
            .GroupBy(change => change.Account)
            .Where(account => !doubted.ContainsKey(account.Key))
            .ToDictionary(account => account.Key, account => account.Sum(change => change.Change));
        await Parallel.ForEachAsync(sums, Few, async (sum, cancellation) =>
        {
            var found = await bank.GetAccountAsync(
                new GetAccountRequest { AccountId = sum.Key }, deadline: Soon(), cancellationToken: cancellation);
            if (found.Account.Balance != sum.Value)
            {
                findings.Add($"account {sum.Key} has {found.Account.Balance}, and by the answers {sum.Value}");
            }
        });
        return sums.Count;
    }

    private static readonly ParallelOptions Few = new() { MaxDegreeOfParallelism = 16 };

    private async Task CloseAsync(
        QueryService.QueryServiceClient bank, (int Partition, long Offset) place, IMessage request, Findings findings)
    {
        var question = new GetDecisionRequest
        {
            AccountId = ChangesOf(request)[0].Account,
            Position = new Position { Partition = place.Partition, Offset = place.Offset },
            MinPosition = { new Position { Partition = place.Partition, Offset = place.Offset } },
        };
        for (var end = DateTime.UtcNow + Patience; DateTime.UtcNow < end; await Task.Delay(Look))
        {
            try
            {
                var answer = await bank.GetDecisionAsync(question, deadline: Soon());
                switch (answer.Decision?.Outcome)
                {
                    case Outcome.Pending:
                        continue;
                    case Outcome.Accepted:
                        accepted[(answer.Decision.Position.Partition, answer.Decision.Position.Offset)] = ChangesOf(request);
                        return;
                    default:
                        return;
                }
            }
            catch (RpcException refused) when (refused.StatusCode == StatusCode.NotFound)
            {
                // The account is none, so nothing was accepted.
                return;
            }
            catch (RpcException error)
            {
                findings.Add($"the decision at {place} cannot be read: {error.Status}");
                return;
            }
        }
        findings.Add($"the transfer at {place} is pending still");
    }

    private static DateTime Soon() => DateTime.UtcNow + Patience;

    /// <summary>The money that a command moves, if it is accepted.</summary>
    private static (string Account, long Change)[] ChangesOf(IMessage request) => request switch
    {
        DepositRequest deposit => [(Id(deposit.AccountId), deposit.Amount)],
        WithdrawRequest withdraw => [(Id(withdraw.AccountId), -withdraw.Amount)],
        TransferRequest transfer => [(Id(transfer.FromAccountId), -transfer.Amount), (Id(transfer.ToAccountId), transfer.Amount)],
        CloseAccountRequest close => [(Id(close.AccountId), 0)],
        _ => [],
    };

    /// <summary>An id is the same in capitals.</summary>
    private static string Id(string account) => account.ToLowerInvariant();
}
