using System.Reflection;
using StackExchange.Redis;

namespace BankAccounts.ServiceDefaults.Tests;

/// <summary>A Redis that is asked to evaluate scripts, and answers when the test does.</summary>
public class SilentRedis : DispatchProxy
{
    /// <summary>What was asked, in order.</summary>
    internal List<TaskCompletionSource<RedisResult>> Asked { get; } = [];

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        Assert.Equal(nameof(IDatabaseAsync.ScriptEvaluateAsync), targetMethod?.Name);
        Asked.Add(new TaskCompletionSource<RedisResult>());
        return Asked[^1].Task;
    }
}
