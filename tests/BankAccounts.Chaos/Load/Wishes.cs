using System.Globalization;

namespace BankAccounts.Chaos;

/// <summary>What one client asks for, by chance: mostly what a bank is for, and now and then what is refused.</summary>
internal sealed class Wishes(int client, Population population, Random random)
{
    private const long MaxAmount = 1_000;
    private const int Remembered = 50;

    private readonly List<Asked> earlier = [];
    private long number;

    /// <summary>A new account, with its request id.</summary>
    public Asked Create() => Remember(new Asked("create", NewRequest())
    {
        Holder = string.Create(CultureInfo.InvariantCulture, $"holder {client}-{number}"),
        Currency = random.Next(8) == 0 ? "EUR" : "USD",
    });

    /// <summary>The next command.</summary>
    public Asked Next()
    {
        if (population.Count < Population.MaxAccounts && random.Next(100) < 4)
        {
            return Create();
        }
        var chance = random.Next(100);
        return chance switch
        {
            < 6 when earlier.Count > 0 => earlier[random.Next(earlier.Count)],
            < 9 when earlier.Count > 0 => WithOtherContent(earlier[random.Next(earlier.Count)]),
            < 11 => Remember(new Asked("close", NewRequest()) { Account = population.Any(random) }),
            < 42 => Movement("deposit"),
            < 64 => Movement("withdraw"),
            _ => Movement("transfer", Receiver()),
        };
    }

    /// <summary>Now and then nobody is there, or the payer itself.</summary>
    private string Receiver() => random.Next(50) == 0
        ? AccountId.NewRandom(1).ToString()
        : population.Any(random);

    private Asked Movement(string kind, string? to = null) => Remember(new Asked(kind, random.Next(8) == 0 ? string.Empty : NewRequest())
    {
        Account = population.Any(random),
        To = to,
        Amount = random.NextInt64(1, MaxAmount + 1),
        Currency = random.Next(20) == 0 ? "USD" : string.Empty,
        Description = random.Next(2) == 0 ? "rent" : string.Empty,
        IsStoredEnough = random.Next(25) == 0,
    });

    /// <summary>The same request id for another thing, which is a conflict.</summary>
    private static Asked WithOtherContent(Asked known) => known.Amount is { } amount && known.Request.Length > 0
        ? known with { Amount = amount + MaxAmount, IsStoredEnough = false }
        : known;

    private string NewRequest() =>
        string.Create(CultureInfo.InvariantCulture, $"client {client}, request {++number}");

    private Asked Remember(Asked asked)
    {
        if (asked.Request.Length > 0)
        {
            if (earlier.Count == Remembered)
            {
                earlier.RemoveAt(random.Next(Remembered));
            }
            earlier.Add(asked);
        }
        return asked;
    }
}
