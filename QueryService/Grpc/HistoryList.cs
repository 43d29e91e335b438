using System.Buffers.Binary;
using BankAccounts.QueryService.History;
using BankAccounts.ServiceDefaults.Grpc;
using BankAccounts.ServiceDefaults.Redis;
using BankAccounts.Store.V1;
using BankAccounts.V1;
using Grpc.Core;

namespace BankAccounts.QueryService.Grpc;

/// <summary>Lists an account's history, newest first.</summary>
public sealed class HistoryList(AccountHistories histories, Reads reads)
{
    /// <summary>How many entries one call looks at: with a narrow filter pages may be short.</summary>
    private const int MaxExamined = 8 * RedisKeys.PageEntries;

    /// <summary>Reads a page.</summary>
    /// <exception cref="RpcException">INVALID_ARGUMENT, NOT_FOUND, UNAVAILABLE or DEADLINE_EXCEEDED.</exception>
    public async Task<ListHistoryResponse> ReadAsync(ListHistoryRequest request, ServerCallContext context)
    {
        var fields = new FieldChecks();
        var id = fields.AccountId("account_id", request.AccountId);
        var size = fields.PageSize(request.PageSize);
        var period = fields.Period(request.StartTime, request.EndTime);
        if (request.Kinds.Any(kind => kind == EntryKind.Unspecified || !Enum.IsDefined(kind)))
        {
            fields.Add("kinds", "must be kinds that an entry can have.");
        }
        if (!Enum.IsDefined(request.Outcome))
        {
            fields.Add("outcome", "must be an outcome that a decision can have, or none.");
        }
        var filter = FilterOf(request);
        long? from = null;
        if (request.PageToken.Length > 0 && (from = NumberIn(filter, request.PageToken)) is null)
        {
            fields.Add("page_token", "must be the next_page_token of a page of this account with the same filters.");
        }
        reads.Check(fields, request.MinPosition);
        fields.ThrowIfAny();

        var history = await histories.OpenAsync(
            id, reads.At(id, request.MinPosition, request.AllowStale, context));
        var next = from is { } number ? Math.Min(number, history.Entries)
            : request.EndTime is null ? history.Entries
            : await history.FirstAsync(entry => entry.TimeMs >= period.BeforeMs) - 1;
        var page = new ListHistoryResponse { Position = Answers.PositionOf(id.Partition, history.Position) };
        var last = Math.Max(0, next - MaxExamined);
        while (next > last && page.Entries.Count < size)
        {
            var isFiltered = request.Kinds.Count > 0 || request.Outcome != Outcome.Unspecified;
            var wanted = isFiltered ? RedisKeys.PageEntries : size - page.Entries.Count;
            var first = Math.Max(AccountHistory.PageStartOf(next), next - wanted + 1);
            next = Take(page, id, await history.ReadAsync(first, next), request, period, size);
        }
        page.NextPageToken = next > 0 ? TokenOf(filter, next) : string.Empty;
        return page;
    }

    /// <summary>Takes what the filters let pass, and returns the number to go on with; 0 at the end.</summary>
    private static long Take(
        ListHistoryResponse page,
        AccountId id,
        IReadOnlyList<StoredHistoryEntry> entries,
        ListHistoryRequest request,
        Period period,
        int size)
    {
        foreach (var entry in entries.Reverse())
        {
            if (page.Entries.Count == size)
            {
                return entry.Number;
            }
            if (entry.TimeMs < period.FromMs)
            {
                return 0;
            }
            if ((request.Kinds.Count == 0 || request.Kinds.Contains(Answers.KindOf(entry.Kind)))
                && (request.Outcome == Outcome.Unspecified || request.Outcome == Answers.OutcomeOf(entry.Decision)))
            {
                page.Entries.Add(Answers.EntryOf(id, entry));
            }
        }
        return entries[0].Number - 1;
    }

    private static ListHistoryRequest FilterOf(ListHistoryRequest request)
    {
        var filter = request.Clone();
        (filter.PageSize, filter.PageToken, filter.AllowStale) = (0, string.Empty, false);
        filter.MinPosition.Clear();
        return filter;
    }

    private static string TokenOf(ListHistoryRequest filter, long number)
    {
        Span<byte> place = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(place, number);
        return PageToken.Write(filter, place);
    }

    private static long? NumberIn(ListHistoryRequest filter, string token) =>
        PageToken.TryRead(filter, token, out var place) && place.Length == sizeof(long)
        && BinaryPrimitives.ReadInt64BigEndian(place) is > 0 and var number
            ? number
            : null;
}
