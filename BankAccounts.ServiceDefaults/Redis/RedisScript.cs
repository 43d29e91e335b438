using System.Reflection;
using StackExchange.Redis;

namespace BankAccounts.ServiceDefaults.Redis;

/// <summary>Redis owes this process too many answers already; nothing was sent to it.</summary>
public sealed class RedisBusyException() : TimeoutException("Redis owes too many answers already.");

/// <summary>
/// A Lua script that is embedded in the assembly beside the type that uses it: one file, or several that are one
/// script one behind the other. An evaluation is bounded in time: past the bound its outcome is unknown, the script
/// may still run.
/// </summary>
public sealed class RedisScript(Type beside, params string[] fileNames)
{
    /// <summary>
    /// How many evaluations of this process Redis may owe an answer, those included that nobody waits for any longer:
    /// the client keeps them until it hears of them, or loses the connection.
    /// </summary>
    public const int MaxUnanswered = 32_768;

    private static int unanswered;

    private readonly string text = string.Concat(fileNames.Select(fileName => ReadText(beside, fileName)));

    /// <summary>Evaluates the script.</summary>
    /// <exception cref="RedisBusyException">Redis owes too many answers already; nothing was sent.</exception>
    /// <exception cref="TimeoutException">No answer in time; the script may still run.</exception>
    /// <exception cref="RedisException">Redis refused it, or the connection is away.</exception>
    public async Task<RedisResult> EvaluateAsync(
        IDatabaseAsync database,
        RedisKey[] keys,
        RedisValue[] arguments,
        TimeSpan timeout,
        CancellationToken cancellationToken)
    {
        try
        {
            return await BeginAsync(database, keys, arguments).WaitAsync(timeout, cancellationToken);
        }
        catch (RedisServerException lost) when (lost.Message.StartsWith("NOSCRIPT", StringComparison.Ordinal))
        {
            // Redis restarted or its script cache was flushed; the client loads the script anew now.
            return await BeginAsync(database, keys, arguments).WaitAsync(timeout, cancellationToken);
        }
    }

    private async Task<RedisResult> BeginAsync(IDatabaseAsync database, RedisKey[] keys, RedisValue[] arguments)
    {
        try
        {
            return Interlocked.Increment(ref unanswered) <= MaxUnanswered
                ? await database.ScriptEvaluateAsync(text, keys, arguments)
                : throw new RedisBusyException();
        }
        finally
        {
            Interlocked.Decrement(ref unanswered);
        }
    }

    private static string ReadText(Type beside, string fileName)
    {
        Assembly assembly = beside.Assembly;
        using var stream = assembly.GetManifestResourceStream(beside, fileName)
            ?? throw new InvalidOperationException($"{fileName} is not embedded beside {beside}.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
