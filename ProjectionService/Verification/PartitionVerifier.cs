using System.Globalization;
using BankAccounts.ProjectionService.Log;
using BankAccounts.ProjectionService.Redis;
using BankAccounts.ServiceDefaults.Redis;
using BankAccounts.Store.V1;
using Google.Protobuf;

namespace BankAccounts.ProjectionService.Verification;

/// <summary>
/// Folds a partition's log beside the live system, and says what Redis must hold at the position of each
/// chunk that is read from it. The head is compared with every chunk.
/// </summary>
public sealed class PartitionVerifier
{
    private const int MaxRecordsAtOnce = 1_000;

    private readonly ChunkReader chunks;
    private readonly LogFold fold;
    private readonly ExpectedStore expected = new();
    private readonly PartitionMoney money;
    private readonly RedisKeys keys;
    private readonly Func<VerificationProgress, Task> report;
    private long comparedEntries;
    private long foldedRecords;

    private PartitionVerifier(
        ChunkReader chunks, ILogCursor cursor, RedisKeys keys, Func<VerificationProgress, Task> report)
    {
        this.chunks = chunks;
        this.keys = keys;
        this.report = report;
        fold = new LogFold(chunks.Partition, cursor);
        money = new PartitionMoney(chunks.Partition);
    }

    /// <summary>The keys of the generation that is compared.</summary>
    public RedisKeys Keys => keys;

    /// <summary>What Redis must hold at the position of the last chunk.</summary>
    public ExpectedStore Expected => expected;

    /// <summary>The accounts at the position of the last chunk.</summary>
    public IEnumerable<AccountId> Accounts =>
        fold.Ledger.Accounts.Entries.Where(entry => entry.Value is not null).Select(entry => entry.Key);

    /// <summary>Verifies a partition from offset 0.</summary>
    /// <exception cref="DifferenceFoundException">Redis holds something else than the log says.</exception>
    /// <exception cref="GenerationMovedException">The live state was replaced meanwhile: begin again.</exception>
    /// <exception cref="LogSilentException">The log gave no record in time.</exception>
    /// <exception cref="NewerFormatException">This build cannot read the log.</exception>
    public static async Task<EqualPartition> RunAsync(
        ChunkReader chunks,
        ILogCursor cursor,
        Func<VerificationProgress, Task> report,
        CancellationToken cancellation)
    {
        var first = await chunks.ReadAsync(cancellation)
            ?? throw new DifferenceFoundException(new Difference(
                chunks.Partition, "head", "generation", "a live generation", "none", 0));
        var keys = new RedisKeys(chunks.Partition, first.Generation);
        var verifier = new PartitionVerifier(chunks, cursor, keys, report);
        await verifier.FollowAsync(first, cancellation);
        await new StoreSweep(verifier, cancellation).RunAsync();
        return verifier.Conclude();
    }

    /// <summary>Reads a chunk, and takes the expectation to exactly its position.</summary>
    public async Task<Chunk> ReadAsync(IReadOnlyCollection<string[]> reads, CancellationToken cancellation)
    {
        var chunk = await chunks.ReadAsync(keys.Generation, reads, cancellation);
        await FollowAsync(chunk, cancellation);
        return chunk;
    }

    /// <summary>Counts entries that were compared, for the progress.</summary>
    public void Compared(int entries) => comparedEntries += entries;

    /// <summary>Ends the verification: something differs.</summary>
    public DifferenceFoundException Differs(string kind, string key, string wanted, string found) =>
        new(new Difference(keys.Partition, kind, key, wanted, found, fold.Ledger.Head.Position));

    /// <summary>Ends the verification: something in a value differs, the first thing of which has a number.</summary>
    public DifferenceFoundException Differs(string kind, StoredPart part, long first, byte[]? wanted, byte[]? found)
    {
        var (field, due, there) = part.Narrow(first, wanted, found);
        return Differs(kind, field, due, there);
    }

    private async Task FollowAsync(Chunk chunk, CancellationToken cancellation)
    {
        if (chunk.Position < fold.Ledger.Head.Position && chunk.Position >= 0 && !chunk.IsDirty)
        {
            throw new GenerationMovedException(
                $"Partition {keys.Partition}: Redis went back from {fold.Ledger.Head.Position} to {chunk.Position}.");
        }
        while (fold.IsBefore(chunk.Position))
        {
            await FoldAsync(chunk.Position, cancellation);
        }
        await ReportAsync(chunk.Position);
        RequireHead(chunk);
    }

    private async Task FoldAsync(long position, CancellationToken cancellation)
    {
        var before = fold.Ledger.Head.Position;
        try
        {
            // The client library blocks while it waits for a record.
            var changes = await Task.Run(
                () => fold.Next(position, MaxRecordsAtOnce, cancellation), cancellation);
            var after = fold.Ledger.Head.Position;
            expected.Apply(CommitEncoder.Writes(
                keys, changes, new EncodedAnswers(changes.Answers), before, after, latestFor: after));
            money.Add(changes);
        }
        catch (LogMismatchException mismatch)
        {
            throw Differs("head", "position", mismatch.Message, Text(position));
        }
        foldedRecords += fold.Ledger.Head.Position - before;
        await ReportAsync(position);
    }

    private void RequireHead(Chunk chunk)
    {
        var head = fold.Ledger.Head;
        var wanted = StoreCodec.Encode(head, fold.Ledger.RequestOrder);
        Require("position", Text(head.Position), chunk.Position < 0 ? "none" : Text(chunk.Position));
        Require("dirty", "no", chunk.IsDirty ? "yes" : "no");
        Require("digest", Convert.ToHexStringLower(head.LogDigest), Hex(chunk.Digest));
        Require("first_request", Text(wanted.FirstRequest), Text(chunk.FirstRequest));
        var part = new StoredPart("head", keys.Head, field => field, StoredHead.Parser);
        if (chunk.Head is null || !chunk.Head.AsSpan().SequenceEqual(wanted.ToByteArray()))
        {
            throw Differs("head", "head", part.Value(wanted.ToByteArray()), part.Value(chunk.Head));
        }

        void Require(string field, string wanted, string found)
        {
            if (wanted != found)
            {
                throw Differs("head", field, wanted, found);
            }
        }
    }

    private EqualPartition Conclude()
    {
        money.Count(fold.Ledger.Accounts.Entries);
        var head = fold.Ledger.Head;
        return new EqualPartition(
            keys.Partition, head.Position, head.LogDigest, head.DecisionDigest, comparedEntries, money);
    }

    private Task ReportAsync(long target) =>
        report(new VerificationProgress(keys.Partition, foldedRecords, target, comparedEntries));

    private static string Hex(byte[]? bytes) => bytes is null ? "none" : Convert.ToHexStringLower(bytes);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
