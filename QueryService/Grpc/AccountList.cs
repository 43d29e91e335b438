using System.Buffers.Binary;
using BankAccounts.QueryService.Redis;
using BankAccounts.ServiceDefaults.Grpc;
using BankAccounts.V1;
using Grpc.Core;

namespace BankAccounts.QueryService.Grpc;

/// <summary>Lists accounts: partition by partition, by name within each.</summary>
public sealed class AccountList(PartitionReader partitions, Reads reads)
{
    /// <summary>How many accounts one script reads at most, and one call looks at altogether.</summary>
    private const int MaxReadAtOnce = 500, MaxExamined = 2_000;

    /// <summary>How many partitions one call looks into: empty ones cost a look as well.</summary>
    private const int MaxPartitions = 64;

    /// <summary>Reads a page.</summary>
    /// <exception cref="RpcException">INVALID_ARGUMENT, UNAVAILABLE or DEADLINE_EXCEEDED.</exception>
    public async Task<ListAccountsResponse> ReadAsync(ListAccountsRequest request, ServerCallContext context)
    {
        var fields = new FieldChecks();
        var size = fields.PageSize(request.PageSize);
        var prefix = fields.Text("holder_name_prefix", request.HolderNamePrefix, 0, Bounds.MaxHolderNameScalars);
        if (!Enum.IsDefined(request.State))
        {
            fields.Add("state", "must be a state that an account can have, or none.");
        }
        var filter = new ListAccountsRequest { HolderNamePrefix = request.HolderNamePrefix, State = request.State };
        var place = Place.First;
        if (request.PageToken.Length > 0 && !Place.TryRead(filter, request.PageToken, out place))
        {
            fields.Add("page_token", "must be the next_page_token of a page with the same filter.");
        }
        reads.Check(fields, request.MinPosition);
        fields.ThrowIfAny();

        var page = new ListAccountsResponse();
        var examined = 0;
        while (place.Partition < reads.PartitionCount
            && page.Accounts.Count < size && examined < MaxExamined && page.Position.Count < MaxPartitions)
        {
            var at = reads.At(place.Partition, request.MinPosition, request.AllowStale, context);
            var wanted = request.State == AccountState.Unspecified
                ? Math.Min(MaxReadAtOnce, size - page.Accounts.Count)
                : MaxReadAtOnce;
            var (partition, after) = place;
            var reading = await at.ReadAsync(cancellation => partitions.ReadNamesAsync(
                partition, prefix.ToByteArray(), after, wanted, cancellation));
            AddPosition(page, Answers.PositionOf(partition, reading.Position));
            var found = reading.Value!;
            var taken = Take(page, found, request.State, size);
            examined += taken;
            place = taken == found.Count && found.Count < wanted
                ? new Place(partition + 1, [])
                : new Place(partition, found[taken - 1].Member);
        }
        page.NextPageToken = place.Partition < reads.PartitionCount ? place.Write(filter) : string.Empty;
        return page;
    }

    /// <summary>Takes what the filter lets pass until the page is full, and returns how many were looked at.</summary>
    private static int Take(
        ListAccountsResponse page, IReadOnlyList<NamedAccount> found, AccountState state, int size)
    {
        var taken = 0;
        while (taken < found.Count && page.Accounts.Count < size)
        {
            var (member, stored) = found[taken++];
            if (stored is null || !AccountId.TryRead(member.AsSpan(^AccountId.Size..), out var id))
            {
                continue;
            }
            var account = Answers.AccountOf(id, stored);
            if (state == AccountState.Unspecified || account.State == state)
            {
                page.Accounts.Add(account);
            }
        }
        return taken;
    }

    /// <summary>A partition that is read several times is reflected as of the first: all of it has that much.</summary>
    private static void AddPosition(ListAccountsResponse page, Position position)
    {
        if (page.Position.Count == 0 || page.Position[^1].Partition != position.Partition)
        {
            page.Position.Add(position);
        }
    }

    /// <summary>Behind which name of which partition a page begins.</summary>
    private readonly record struct Place(int Partition, byte[] After)
    {
        public static readonly Place First = new(0, []);

        public static bool TryRead(ListAccountsRequest filter, string token, out Place place)
        {
            var isToken = PageToken.TryRead(filter, token, out var bytes) && bytes.Length >= sizeof(int);
            place = isToken ? new Place(BinaryPrimitives.ReadInt32BigEndian(bytes), bytes[sizeof(int)..]) : First;
            return isToken && place.Partition >= 0;
        }

        public string Write(ListAccountsRequest filter)
        {
            var bytes = new byte[sizeof(int) + After.Length];
            BinaryPrimitives.WriteInt32BigEndian(bytes, Partition);
            After.CopyTo(bytes, sizeof(int));
            return PageToken.Write(filter, bytes);
        }
    }
}
