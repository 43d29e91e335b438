using System.Globalization;
using BankAccounts.Load;

if (args.Length is < 1 or > 4)
{
    Console.Error.WriteLine("""
        Usage: BankAccounts.Load <address of CommandService> [transfers] [in flight]
               BankAccounts.Load <address of CommandService> volume [commands] [in flight]
        """);
    return 2;
}
var isVolume = args.Length > 1 && args[1] == "volume";
var numbers = args.Skip(isVolume ? 2 : 1).Select(text => int.Parse(text, CultureInfo.InvariantCulture)).ToArray();
var options = new LoadOptions
{
    Address = new Uri(args[0]),
    Transfers = numbers.Length > 0 ? numbers[0] : 10_000,
    InFlight = numbers.Length > 1 ? numbers[1] : 64,
    Seed = Environment.TickCount,
};
using var driver = new LoadDriver(options);
if (!isVolume)
{
    Print("transfers", await driver.RunAsync());
    return 0;
}

// Deposits as calls and in streams, one after the other and again, so that a machine that slows down is seen.
using var volume = new VolumeDriver(options, await driver.OpenAllAsync());
for (var round = 0; round < 2; round++)
{
    Print("deposits, a call for each", await volume.RunUnaryAsync(options.Transfers / 5));
    Print("deposits, Execute", await volume.RunExecuteAsync(options.Transfers, underWayPerStream: 4_096));
}
return 0;

static void Print(string what, LoadReport report)
{
    var seconds = report.Elapsed.TotalSeconds;
    Console.WriteLine(FormattableString.Invariant(
        $"{report.Outcomes.Values.Sum() / seconds:F0} {what}/s in {seconds:F1} s, {report.Retries} asked again"));
    Console.WriteLine(FormattableString.Invariant(
        $"latency p50 {report.LatencyMs(0.5):F1} ms, p99 {report.LatencyMs(0.99):F1} ms"));
    foreach (var (outcome, count) in report.Outcomes.OrderByDescending(outcome => outcome.Value))
    {
        Console.WriteLine(FormattableString.Invariant($"{count,8} {outcome}"));
    }
}
