using BankAccounts.Chaos;

namespace BankAccounts.Fuzz;

/// <summary>What <c>./bank fuzz</c> does, from the options to the closing line.</summary>
internal static class FuzzCommand
{
    /// <returns>The exit code: 0 if nothing was found.</returns>
    public static async Task<int> RunAsync(FuzzOptions options)
    {
        if (options.Help)
        {
            Console.WriteLine(FuzzOptions.Usage);
            return 0;
        }
        Console.WriteLine($"Seed {options.Seed}");
        using var interruption = new Interruption();
        var folder = Directory.CreateTempSubdirectory("bank-fuzz-");
        try
        {
            return await RunAsync(options, folder.FullName, interruption.Token);
        }
        catch (OperationCanceledException) when (interruption.Token.IsCancellationRequested)
        {
            return Interruption.ExitCode;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<int> RunAsync(FuzzOptions options, string folder, CancellationToken interruption)
    {
        Console.WriteLine("Starting the bank");
        await using var bank = await FuzzBank.StartAsync(Path.Combine(folder, "data"));
        var (passed, failed) = (0L, 0L);
        if (options.Only != "log")
        {
            var found = await new GrpcFuzz(bank.Target, options.Seed, Console.WriteLine)
                .RunAsync(options.From, options.Cases).WaitAsync(interruption);
            Count(options.Cases, found);
        }
        // What was accepted over gRPC is folded by the independent model too.
        var poison = new LogFuzz(bank.Target, options.Seed, Directory.CreateDirectory(Path.Combine(folder, "log")).FullName, Console.WriteLine);
        var (kinds, findings) = await poison.RunAsync(options.Only != "grpc").WaitAsync(interruption);
        Count(kinds, findings);
        Console.WriteLine(FormattableString.Invariant($"{passed} passed, {failed} failed"));
        return failed == 0 ? 0 : 1;

        void Count(long cases, Findings found)
        {
            failed += found.Count;
            passed += Math.Max(0, cases - found.Count);
            foreach (var finding in found.First)
            {
                Console.WriteLine($"FOUND: {finding}");
            }
        }
    }
}
