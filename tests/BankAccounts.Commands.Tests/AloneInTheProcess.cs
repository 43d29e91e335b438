namespace BankAccounts.Commands.Tests;

/// <summary>
/// Tests beside which no other runs: they keep the process so busy that an answer which another test needs before a
/// deadline would come too late.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneInTheProcess
{
    public const string Name = "alone in the process";
}
