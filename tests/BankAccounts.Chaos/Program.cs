using BankAccounts.Chaos;

try
{
    return await ChaosCommand.RunAsync(ChaosOptions.Parse(args));
}
catch (ChaosException problem)
{
    Console.Error.WriteLine(problem.Message);
    return 1;
}
