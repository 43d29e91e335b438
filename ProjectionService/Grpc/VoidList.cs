using System.Globalization;
using BankAccounts.ServiceDefaults;
using BankAccounts.ServiceDefaults.Grpc;
using BankAccounts.ServiceDefaults.Redis;
using BankAccounts.Store.V1;
using BankAccounts.V1;
using Grpc.Core;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace BankAccounts.ProjectionService.Grpc;

/// <summary>The records of a partition that count for nothing, page by page, the newest first.</summary>
public sealed class VoidList(LiveState state, IOptions<BankOptions> bank)
{
    private const int DefaultPageSize = 100;
    private const string NoMore = "";

    /// <summary>Reads a page.</summary>
    /// <exception cref="RpcException">INVALID_ARGUMENT.</exception>
    public async Task<ListVoidsResponse> ReadAsync(ListVoidsRequest request, CancellationToken cancellation)
    {
        var (size, below) = Check(request);
        var live = await state.ReadAsync(
            request.Partition, keys => [["LRANGE", keys.Voids, "0", "-1"]], cancellation);
        if (live is null)
        {
            return new ListVoidsResponse();
        }
        var older = ((RedisResult[])live.Answers[0]!)
            .Select(stored => StoredVoid.Parser.ParseFrom((byte[])stored!))
            .Where(stored => stored.Offset < below)
            .Reverse()
            .ToList();
        var page = older.Take(size).ToList();
        return new ListVoidsResponse
        {
            Voids = { page.Select(Describe) },
            NextPageToken = page.Count < older.Count ? TokenOf(request.Partition, page[^1].Offset) : NoMore,
            TotalVoids = StoredHead.Parser.ParseFrom(live.Head).Voids,
        };
    }

    private (int Size, long Below) Check(ListVoidsRequest request)
    {
        var fields = new FieldChecks();
        fields.Partition("partition", request.Partition, bank.Value.PartitionCount);
        var size = fields.PageSize(request.PageSize, DefaultPageSize, RedisKeys.MaxVoids);
        var below = long.MaxValue;
        if (request.PageToken.Length > 0 && !TryReadToken(request, out below))
        {
            fields.Add("page_token", "must be the next_page_token of the page before, of the same partition.");
        }
        fields.ThrowIfAny();
        return (size, below);
    }

    private static VoidEntry Describe(StoredVoid stored) => new()
    {
        Offset = stored.Offset,
        Reason = StoreNames.Of(stored.Reason),
        FirstOffset = stored.FirstOffset,
    };

    private static string TokenOf(int partition, long offset) =>
        string.Create(CultureInfo.InvariantCulture, $"{partition}-{offset}");

    private static bool TryReadToken(ListVoidsRequest request, out long below)
    {
        var prefix = string.Create(CultureInfo.InvariantCulture, $"{request.Partition}-");
        below = 0;
        return request.PageToken.StartsWith(prefix, StringComparison.Ordinal)
            && long.TryParse(
                request.PageToken.AsSpan(prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out below);
    }
}
