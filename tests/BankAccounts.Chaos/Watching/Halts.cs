using System.Globalization;
using System.Text.RegularExpressions;

namespace BankAccounts.Chaos;

/// <summary>
/// Notes each partition that halts, as its projector prints it: what the projector writes into Redis may be lost with
/// Redis before anybody has looked.
/// </summary>
internal sealed partial class Halts(EventLog log)
{
    /// <summary>Takes a line that a service printed.</summary>
    public void Read(string line)
    {
        if (Halted().Match(line) is { Success: true } halted)
        {
            var why = halted.Groups["why"].Value;
            log.Note(new
            {
                Event = "halted",
                T = log.Now,
                Partition = int.Parse(halted.Groups["partition"].Value, CultureInfo.InvariantCulture),
                Position = PositionOf(why),
                Why = why,
            });
        }
    }

    /// <summary>
    /// Where Redis stands in a partition that is halted because its log was truncated below that; null if the reason is
    /// another one.
    /// </summary>
    public static long? PositionOf(string why)
    {
        var truncated = Truncated().Match(why);
        return truncated.Groups["position"] is { Success: true } position ? Number(position)
            : truncated.Groups["last"] is { Success: true } last ? Number(last) + 1
            : null;
    }

    private static long Number(Group digits) => long.Parse(digits.ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"Partition (?<partition>\d+) is halted: (?<why>.+) \(partition \d+\)")]
    private static partial Regex Halted();

    [GeneratedRegex(
        @"Redis stands at (?<position>\d+), but the log ends at|record at offset (?<last>\d+) is not the one that was")]
    private static partial Regex Truncated();
}
