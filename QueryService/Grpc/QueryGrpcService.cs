using System.Globalization;
using BankAccounts.QueryService.Redis;
using BankAccounts.ServiceDefaults;
using BankAccounts.ServiceDefaults.Grpc;
using BankAccounts.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace BankAccounts.QueryService.Grpc;

/// <summary>The gRPC face of the service.</summary>
public sealed class QueryGrpcService(AccountReader accounts, IOptions<BankOptions> bank)
    : V1.QueryService.QueryServiceBase
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    public override async Task<GetAccountResponse> GetAccount(
        GetAccountRequest request, ServerCallContext context)
    {
        var (account, minPosition) = Read(request);
        if (account.Partition >= bank.Value.PartitionCount)
        {
            throw NotFound(account);
        }
        using var wait = new PositionWait(context);
        while (true)
        {
            var reading = await ReadAsync(account, context.CancellationToken);
            if (reading is null || (reading.IsBehind && !request.AllowStale))
            {
                throw Rebuilding(account, reading);
            }
            if (reading.Position > minPosition)
            {
                return Answer(account, reading);
            }
            await wait.PauseAsync(account.Partition, minPosition, reading.Position);
        }
    }

    private static (AccountId Account, long MinPosition) Read(GetAccountRequest request)
    {
        var fields = new FieldChecks();
        var account = fields.AccountId("account_id", request.AccountId);
        var partitions = new HashSet<int>();
        foreach (var position in request.MinPosition)
        {
            if (position.Partition < 0 || position.Offset < 0 || !partitions.Add(position.Partition))
            {
                fields.Add("min_position", "must name each partition at most once, with an offset from 0.");
            }
        }
        fields.ThrowIfAny();
        var minPosition = request.MinPosition
            .Where(position => position.Partition == account.Partition)
            .Select(position => position.Offset)
            .DefaultIfEmpty(-1)
            .Max();
        return (account, minPosition);
    }

    private async Task<AccountReading?> ReadAsync(AccountId account, CancellationToken cancellation)
    {
        try
        {
            return await accounts.ReadAsync(account, cancellation);
        }
        catch (Exception away) when (away is RedisException or TimeoutException)
        {
            throw BankErrors.Create(
                StatusCode.Unavailable, "REDIS_UNAVAILABLE", "Redis is away, so the answer is not known.",
                retryAfter: RetryAfter);
        }
    }

    private static GetAccountResponse Answer(AccountId id, AccountReading reading)
    {
        var stored = reading.Account ?? throw NotFound(id);
        return new GetAccountResponse
        {
            Account = new Account
            {
                AccountId = id.ToString(),
                HolderName = stored.HolderName.ToStringUtf8(),
                CurrencyCode = stored.CurrencyCode.ToStringUtf8(),
                Balance = stored.Balance,
                State = stored.Closed ? AccountState.Closed : AccountState.Open,
                CreateTime = Timestamp.FromDateTimeOffset(
                    DateTimeOffset.FromUnixTimeMilliseconds(stored.OpenedAtMs)),
                Version = stored.Version,
            },
            Position = new Position { Partition = id.Partition, Offset = reading.Position - 1 },
        };
    }

    private static RpcException NotFound(AccountId account) => BankErrors.Create(
        StatusCode.NotFound, "ACCOUNT_NOT_FOUND", "There is no such account.",
        [new("account_id", account.ToString())]);

    private static RpcException Rebuilding(AccountId account, AccountReading? reading) => BankErrors.Create(
        StatusCode.Unavailable,
        "REBUILDING",
        "The account's partition is being folded again; the answer would be older than others were.",
        [
            new("partition", account.Partition.ToString(CultureInfo.InvariantCulture)),
            new("position", (reading?.Position ?? 0).ToString(CultureInfo.InvariantCulture)),
            new("catch_up_to", (reading?.CatchUpTo ?? 0).ToString(CultureInfo.InvariantCulture)),
        ],
        RetryAfter);
}
