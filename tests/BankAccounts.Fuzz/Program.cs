using BankAccounts.Chaos;
using BankAccounts.Fuzz;

try
{
    return await FuzzCommand.RunAsync(FuzzOptions.Parse(args));
}
catch (ChaosException problem)
{
    Console.Error.WriteLine(problem.Message);
    return 1;
}
