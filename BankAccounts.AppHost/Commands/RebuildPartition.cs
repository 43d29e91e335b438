using System.Globalization;
using BankAccounts.V1;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;

namespace BankAccounts.AppHost.Commands;

#pragma warning disable ASPIREINTERACTION001 // The one way by which a command of Aspire 13.3 asks for a value.

/// <summary>Asks which partition, and builds its state anew.</summary>
internal static class RebuildPartition
{
    public static async Task<ExecuteCommandResult> RunAsync(
        LedgerService.LedgerServiceClient ledger, ExecuteCommandContext context)
    {
        var interaction = context.ServiceProvider.GetRequiredService<IInteractionService>();
        if (!interaction.IsAvailable)
        {
            return CommandResults.Failure(
                "There is no dashboard to ask at which partition. LedgerService/Rebuild takes it as a field.");
        }
        var asked = await interaction.PromptInputAsync(
            "Rebuild partition",
            "Its state is built anew from the log, beside the live one, and then made the live one. "
            + "Redis holds it twice meanwhile.",
            new InteractionInput
            {
                Name = "partition",
                Label = "Partition",
                Description = "A number from 0; GetStatus has them all.",
                InputType = InputType.Number,
                Required = true,
            },
            cancellationToken: context.CancellationToken);
        if (asked.Canceled)
        {
            return CommandResults.Canceled();
        }
        return int.TryParse(asked.Data.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var partition)
            ? await RebuildAsync(ledger, partition, context.CancellationToken)
            : CommandResults.Failure($"'{asked.Data.Value}' is not the number of a partition.");
    }

    /// <summary>Builds one partition's state anew.</summary>
    public static async Task<ExecuteCommandResult> RebuildAsync(
        LedgerService.LedgerServiceClient ledger, int partition, CancellationToken cancellation)
    {
        using var call = ledger.Rebuild(
            new RebuildRequest { Partitions = { partition } }, cancellationToken: cancellation);
        RebuildResponse? last = null;
        await foreach (var step in call.ResponseStream.ReadAllAsync(cancellation))
        {
            last = step;
        }
        return last is { Done: true }
            ? CommandResults.Success(
                string.Create(CultureInfo.InvariantCulture,
                    $"Partition {partition} was built anew up to position {last.Position}; ")
                + string.Create(CultureInfo.InvariantCulture, $"generation {last.Generation} is the live one."),
                new CommandResultData { Value = $"log      {last.LogDigest}\ndecision {last.DecisionDigest}" })
            : CommandResults.Failure("The rebuild ended before it was done.");
    }
}
