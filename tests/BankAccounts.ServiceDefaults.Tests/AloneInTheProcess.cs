namespace BankAccounts.ServiceDefaults.Tests;

/// <summary>
/// Tests beside which no other runs. Whoever listens to activities in a process does so for all of it, and one that wants
/// them recorded has them recorded for everybody: an application of another test would change what is sampled.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneInTheProcess
{
    public const string Name = "alone in the process";
}
