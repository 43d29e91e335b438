using BankAccounts.QueryService.History;
using BankAccounts.QueryService.Redis;
using BankAccounts.ServiceDefaults.Grpc;
using BankAccounts.ServiceDefaults.Redis;
using BankAccounts.Store.V1;
using BankAccounts.V1;
using Google.Protobuf;
using Grpc.Core;

namespace BankAccounts.QueryService.Grpc;

/// <summary>
/// Finds what became of a command: where the latest decisions are kept, or however old it is in the history of
/// its account.
/// </summary>
public sealed class DecisionSearch(PartitionReader partitions, AccountHistories histories, Reads reads)
{
    /// <summary>Finds a decision.</summary>
    /// <exception cref="RpcException">INVALID_ARGUMENT, NOT_FOUND, UNAVAILABLE or DEADLINE_EXCEEDED.</exception>
    public async Task<GetDecisionResponse> FindAsync(GetDecisionRequest request, ServerCallContext context)
    {
        var fields = new FieldChecks();
        var id = request.AccountId.Length > 0 ? fields.AccountId("account_id", request.AccountId) : default;
        var requestId = fields.Text("request_id", request.RequestId, 0, Bounds.MaxRequestIdScalars);
        if (request.Position is { } asked && (!reads.IsPosition(asked) || asked.Offset == long.MaxValue))
        {
            fields.Add(
                "position", $"must be of a partition of 0 to {reads.PartitionCount - 1}, with an offset from 0.");
        }
        else if ((request.Position is null) == requestId.IsEmpty)
        {
            fields.Add("position", "must be set, or else request_id; not both.");
        }
        if (!requestId.IsEmpty && request.AccountId.Length == 0)
        {
            fields.Add("account_id", "must be set with request_id: an id is known within its account.");
        }
        reads.Check(fields, request.MinPosition);
        fields.ThrowIfAny();
        if (request.Position is not { } position)
        {
            return await ByRequestAsync(id, requestId, reads.At(id, request.MinPosition, request.AllowStale, context));
        }
        if (request.AccountId.Length == 0)
        {
            return await ByPositionAsync(position.Offset, At(position.Partition, position.Offset));
        }
        // An account that could not be at this place has nothing there, wherever it is.
        return id.Partition == position.Partition
            ? await InHistoryAsync(id, position.Offset, At(position.Partition, position.Offset))
            : throw QueryErrors.DecisionNotFound(position.Partition, position.Offset, 0);

        ReadAtPosition At(int partition, long offset) =>
            reads.At(partition, request.MinPosition, request.AllowStale, context).NotBefore(offset);
    }

    private async Task<GetDecisionResponse> ByPositionAsync(long offset, ReadAtPosition at)
    {
        var reading = await at.ReadAsync(
            cancellation => partitions.ReadDecisionAsync(at.Partition, offset, cancellation));
        var answer = new GetDecisionResponse { Position = Answers.PositionOf(at.Partition, reading.Position) };
        if (reading.Value!.Transfer is { } transfer)
        {
            answer.Decision = Answers.DecisionOf(at.Partition, transfer.Decision);
        }
        else if (reading.Value.Decision is { } kept)
        {
            if (kept.Decision is { Pending: true } pending)
            {
                // A repeated request got what was known then: the transfer itself knows more by now.
                return await OfTransferAsync(at, pending);
            }
            if (kept.Decision is { } decision)
            {
                answer.Decision = Answers.DecisionOf(at.Partition, decision);
            }
            else
            {
                answer.VoidRecord = Answers.VoidOf(kept.VoidReason, kept.FirstOffset);
            }
        }
        else
        {
            answer.VoidRecord = await FindVoidAsync(offset, at)
                ?? throw (offset < reading.Position - RedisKeys.MaxDecisions
                    ? QueryErrors.DecisionNotKept(at.Partition, offset, reading.Position)
                    : QueryErrors.DecisionNotFound(at.Partition, offset, reading.Position));
        }
        return answer;
    }

    /// <summary>Of a record that nobody could read there is no answer, only a note.</summary>
    private async Task<VoidRecord?> FindVoidAsync(long offset, ReadAtPosition at)
    {
        var reading = await at.ReadAsync(cancellation => partitions.ReadVoidsAsync(at.Partition, cancellation));
        return reading.Value!.FirstOrDefault(note => note.Offset == offset) is { } found
            ? Answers.VoidOf(found.Reason, found.FirstOffset)
            : null;
    }

    private async Task<GetDecisionResponse> ByRequestAsync(AccountId id, ByteString requestId, ReadAtPosition at)
    {
        var reading = await at.ReadAsync(
            cancellation => partitions.ReadRequestAsync(id, requestId, cancellation));
        if (reading.Value is { } remembered)
        {
            return new GetDecisionResponse
            {
                Decision = Answers.DecisionOf(id.Partition, remembered.Decision),
                Position = Answers.PositionOf(id.Partition, reading.Position),
            };
        }
        var history = await histories.OpenAsync(id, at);
        for (var next = history.Entries; next > 0; next = AccountHistory.PageStartOf(next) - 1)
        {
            var entries = await history.ReadAsync(AccountHistory.PageStartOf(next), next);
            if (entries.LastOrDefault(entry => entry.RequestId == requestId
                && entry.Decision.Reason != Reason.RequestIdReused) is { } found)
            {
                return Answer(id, found.Decision, history);
            }
        }
        throw QueryErrors.RequestNotFound(id, history.Position);
    }

    private async Task<GetDecisionResponse> InHistoryAsync(AccountId id, long offset, ReadAtPosition at)
    {
        var history = await histories.OpenAsync(id, at);
        var number = await history.FirstAsync(entry => Answers.OffsetOf(entry) >= offset);
        var found = number <= history.Entries ? (await history.ReadAsync(number, number))[0] : null;
        if (found is null || Answers.OffsetOf(found) != offset || found.Decision.Offset != offset)
        {
            throw QueryErrors.DecisionNotFound(id.Partition, offset, history.Position);
        }
        if (!found.Decision.Pending)
        {
            return Answer(id, found.Decision, history);
        }
        return await OfTransferAsync(at, found.Decision);
    }

    private async Task<GetDecisionResponse> OfTransferAsync(ReadAtPosition at, StoredDecision pending)
    {
        var transfer = await at.ReadAsync(
            cancellation => partitions.ReadAsync(new TransferId(at.Partition, pending.Offset), cancellation));
        return new GetDecisionResponse
        {
            Decision = Answers.DecisionOf(at.Partition, transfer.Value?.Decision ?? pending),
            Position = Answers.PositionOf(at.Partition, transfer.Position),
        };
    }

    private static GetDecisionResponse Answer(AccountId id, StoredDecision decision, AccountHistory history) => new()
    {
        Decision = Answers.DecisionOf(id.Partition, decision),
        Position = Answers.PositionOf(id.Partition, history.Position),
    };
}
