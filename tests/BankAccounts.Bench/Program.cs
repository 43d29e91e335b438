using BankAccounts.Bench;
using BankAccounts.Bench.Echo;

try
{
    if (args is [EchoServer.Argument, var port])
    {
        await EchoServer.RunAsync(port);
        return 0;
    }
#if DEBUG
    throw new BenchException("A Debug build is not measured. Use ./bank bench, which builds a Release.");
#else
    return await BenchRun.RunAsync(BenchOptions.Parse(args));
#endif
}
catch (BenchException problem)
{
    Console.Error.WriteLine(problem.Message);
    return 1;
}
