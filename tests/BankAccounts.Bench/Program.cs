using BankAccounts.Bench;
using BankAccounts.Bench.Echo;
using BankAccounts.Bench.Processes;

try
{
    switch (args)
    {
        case [EchoServer.Argument, var port]:
            await EchoServer.RunAsync(port);
            return 0;
        case [Collector.Argument, var port]:
            await Collector.RunAsync(port);
            return 0;
        default:
            return await BenchCommand.RunAsync(BenchOptions.Parse(args));
    }
}
catch (BenchException problem)
{
    Console.Error.WriteLine(problem.Message);
    return 1;
}
