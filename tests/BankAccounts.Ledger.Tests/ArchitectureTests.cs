using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using BankAccounts.ProjectionService.Ledger;
using Google.Protobuf;

namespace BankAccounts.Ledger.Tests;

/// <summary>The fold is pure: its folder uses the base library and the contracts, and of the former nothing
/// that differs from one run, one machine or one moment to another.</summary>
public sealed class ArchitectureTests
{
    private const string LedgerNamespace = "BankAccounts.ProjectionService.Ledger";

    private static readonly string[] ForbiddenNamespaces =
    [
        "System.IO", "System.Net", "System.Threading", "System.Globalization", "System.Timers", "System.Data",
        "System.Reflection", "Microsoft", "StackExchange", "Confluent", "Grpc",
    ];

    private static readonly HashSet<Type> ForbiddenTypes =
    [
        typeof(Random), typeof(RandomNumberGenerator), typeof(Environment), typeof(TimeProvider),
        typeof(Stopwatch), typeof(Process), typeof(Console), typeof(TimeZoneInfo), typeof(GC), typeof(HashCode),
        typeof(DateTime), typeof(DateTimeOffset), typeof(double), typeof(float), typeof(Math),
    ];

    private static readonly HashSet<string> ForbiddenMembers =
        ["Guid.NewGuid", "Guid.CreateVersion7", "String.GetHashCode", "Object.GetHashCode"];

    /// <summary>Exact, or of integers only.</summary>
    private static readonly HashSet<string> AllowedMembers = ["Math.Clamp", "Math.Min", "Math.Max"];

    [Fact]
    public void The_ledger_uses_the_base_library_and_the_contracts_and_nothing_that_is_not_the_same_for_ever()
    {
        var types = typeof(PartitionLedger).Assembly.GetTypes()
            .Where(type => type.Namespace == LedgerNamespace && !type.IsNested)
            .ToList();
        Assert.InRange(types.Count, 15, 100);
        Assert.Empty(types.SelectMany(Violations).Distinct());
    }

    [Theory]
    [InlineData(nameof(Planted.Now), "DateTime")]
    [InlineData(nameof(Planted.Id), "Guid.NewGuid")]
    [InlineData(nameof(Planted.Dice), "Random")]
    [InlineData(nameof(Planted.Later), "System.Threading.Tasks")]
    [InlineData(nameof(Planted.Disk), "System.IO")]
    [InlineData(nameof(Planted.Machine), "Environment")]
    [InlineData(nameof(Planted.Culture), "System.Globalization")]
    [InlineData(nameof(Planted.Fraction), "Double")]
    [InlineData(nameof(Planted.Store), "StackExchange")]
    [InlineData(nameof(Planted.Neighbour), "BankAccounts.ProjectionService.ProjectionOptions")]
    [InlineData(nameof(Planted.Within), "System.IO")]
    public void A_use_that_is_planted_is_found(string method, string expected)
    {
        var found = Violations(typeof(Planted)).Where(text => text.Contains(method, StringComparison.Ordinal));
        Assert.Contains(found, text => text.Contains(expected, StringComparison.Ordinal));
    }

    /// <summary>The client library may forget a seek for it (decision 0052), and then records are skipped.</summary>
    [Fact]
    public void No_partition_is_read_from_an_offset_that_the_broker_has_to_be_asked_for()
    {
        string[] logical = ["End", "Beginning", "Stored", "Tail"];
        bool IsLogical(MemberInfo member) =>
            member.DeclaringType == typeof(Confluent.Kafka.Offset) && logical.Contains(member.Name);

        Assert.Contains(Architecture.UsesOf(typeof(FromTheEnd)), use => IsLogical(use.Used));
        Assert.Empty(typeof(PartitionLedger).Assembly.GetTypes()
            .Where(type => !type.IsNested)
            .SelectMany(Architecture.UsesOf)
            .Where(use => IsLogical(use.Used))
            .Select(use => use.User));
    }

    private static IEnumerable<string> Violations(Type type) =>
        from use in Architecture.UsesOf(type)
        from used in Architecture.TypesOf(use.Used)
        where !IsAllowed(use.User, use.Used, used)
        select $"{use.User} uses {used.FullName}.{use.Used.Name}";

    private static bool IsAllowed(string user, MemberInfo member, Type type)
    {
        var name = $"{type.Name}.{member.Name}";
        if (type.Namespace == LedgerNamespace || AllowedMembers.Contains(name) || Architecture.IsCompilerGenerated(type))
        {
            return true;
        }
        // The compiler writes these: iterators ask for their thread, records for their members' hash.
        if ((user.Contains('<', StringComparison.Ordinal) && member.Name == "get_CurrentManagedThreadId")
            || user.EndsWith(".GetHashCode", StringComparison.Ordinal))
        {
            return true;
        }
        if (ForbiddenTypes.Contains(type) || ForbiddenMembers.Contains(name))
        {
            return false;
        }
        return type.Assembly == typeof(AccountId).Assembly
            || type.Assembly == typeof(ByteString).Assembly
            || (type.Namespace is { } space && IsUnder(space, "System") && !ForbiddenNamespaces.Any(ns => IsUnder(space, ns)));
    }

    private static bool IsUnder(string space, string root) =>
        space == root || space.StartsWith(root + ".", StringComparison.Ordinal);

    private static class FromTheEnd
    {
        public static Confluent.Kafka.Offset Begin() => Confluent.Kafka.Offset.End;
    }

    /// <summary>One thing of each kind that must not be in the ledger.</summary>
    private static class Planted
    {
        public static long Now() => DateTime.UtcNow.Ticks;

        public static Guid Id() => Guid.NewGuid();

        public static int Dice() => Random.Shared.Next();

        public static Task Later() => Task.CompletedTask;

        public static bool Disk() => File.Exists("log");

        public static int Machine() => Environment.ProcessorCount;

        public static string Culture() => CultureInfo.CurrentCulture.Name;

        public static double Fraction(long amount) => amount / 100.0;

        public static Type Store() => typeof(StackExchange.Redis.IDatabase);

        public static Type Neighbour() => typeof(ProjectionService.ProjectionOptions);

        public static IEnumerable<bool> Within() => Enumerable.Range(0, 3).Select(i => File.Exists($"{i}"));
    }
}
