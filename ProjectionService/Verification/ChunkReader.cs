using System.Globalization;
using System.Text;
using BankAccounts.ServiceDefaults.Redis;
using StackExchange.Redis;
using PackedWriter = BankAccounts.ProjectionService.Redis.MessagePack;

namespace BankAccounts.ProjectionService.Verification;

/// <summary>The live generation is not the one that was read before.</summary>
public sealed class GenerationMovedException(string message) : Exception(message);

/// <summary>A part of the live state, and where the state stood at that instant.</summary>
public sealed record Chunk(
    long Generation,
    long Position,
    byte[]? Digest,
    bool IsDirty,
    byte[]? Head,
    long FirstRequest,
    RedisResult[] Answers);

/// <summary>Reads a partition's live state in parts, each with its position.</summary>
public sealed class ChunkReader(IDatabase database, int partition, TimeSpan timeout)
{
    private static readonly RedisScript Script = new(typeof(ChunkReader), "chunk.lua");

    private const int HeaderLength = 6;

    /// <summary>The partition.</summary>
    public int Partition { get; } = partition;

    /// <summary>Reads where the live state stands; null if there is none.</summary>
    /// <exception cref="RedisException">Redis is away.</exception>
    /// <exception cref="TimeoutException">Redis did not answer in time.</exception>
    public Task<Chunk?> ReadAsync(CancellationToken cancellation) =>
        ReadAsync(string.Empty, [], cancellation);

    /// <summary>Reads parts of a generation. At least one read; each is a command.</summary>
    /// <exception cref="GenerationMovedException">Another generation is live.</exception>
    public async Task<Chunk> ReadAsync(
        long generation, IReadOnlyCollection<string[]> reads, CancellationToken cancellation) =>
        await ReadAsync(generation.ToString(CultureInfo.InvariantCulture), reads, cancellation)
        ?? throw new GenerationMovedException($"Partition {Partition} has no live state any more.");

    private async Task<Chunk?> ReadAsync(
        string generation, IReadOnlyCollection<string[]> reads, CancellationToken cancellation)
    {
        using var packed = new PackedWriter();
        packed.Array(reads.Count);
        foreach (var read in reads)
        {
            packed.Array(read.Length);
            foreach (var word in read)
            {
                packed.Bytes(Encoding.Latin1.GetBytes(word));
            }
        }
        var result = (RedisResult[])(await Script.EvaluateAsync(
            database,
            [RedisKeys.Root(Partition)],
            [generation, packed.ToArray()],
            timeout,
            cancellation))!;
        return result.Length switch
        {
            0 => null,
            < HeaderLength => throw new GenerationMovedException(
                $"Partition {Partition}: generation {(string?)result[0]} is live, not {generation} any more."),
            _ => new Chunk(
                (long)result[0],
                Number(result[1]),
                (byte[]?)result[2],
                !result[3].IsNull,
                (byte[]?)result[4],
                Number(result[5]),
                result[HeaderLength..]),
        };
    }

    /// <summary>Whoever damaged the state may have written anything: what is no number is −1.</summary>
    private static long Number(RedisResult value) =>
        long.TryParse((string?)value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1;
}
