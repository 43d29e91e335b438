namespace BankAccounts.Bench.Measuring;

/// <summary>Something that can be measured again and again: a yardstick or a workload.</summary>
/// <param name="Name">What it is called on the command line and in results: <c>lower-case-words</c>.</param>
/// <param name="Title">What it is, for a table.</param>
/// <param name="Unit">The unit of its figure, for example <c>commands/s</c>.</param>
/// <param name="RunAsync">Measures once, for about as long as it is told.</param>
public sealed record Measurement(string Name, string Title, string Unit, Func<TimeSpan, Task<Sample>> RunAsync);
