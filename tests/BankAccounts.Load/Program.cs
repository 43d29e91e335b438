using System.Globalization;
using BankAccounts.Load;

if (args.Length is < 1 or > 3)
{
    Console.Error.WriteLine("Usage: BankAccounts.Load <address of CommandService> [transfers] [in flight]");
    return 2;
}
using var driver = new LoadDriver(new LoadOptions
{
    Address = new Uri(args[0]),
    Transfers = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 10_000,
    InFlight = args.Length > 2 ? int.Parse(args[2], CultureInfo.InvariantCulture) : 64,
    Seed = Environment.TickCount,
});
var report = await driver.RunAsync();
var seconds = report.Elapsed.TotalSeconds;
Console.WriteLine(FormattableString.Invariant(
    $"{report.Outcomes.Values.Sum() / seconds:F0} transfers/s in {seconds:F1} s, {report.Retries} asked again"));
Console.WriteLine(FormattableString.Invariant(
    $"latency p50 {report.LatencyMs(0.5):F1} ms, p99 {report.LatencyMs(0.99):F1} ms"));
foreach (var (outcome, count) in report.Outcomes.OrderByDescending(outcome => outcome.Value))
{
    Console.WriteLine(FormattableString.Invariant($"{count,8} {outcome}"));
}
return 0;
