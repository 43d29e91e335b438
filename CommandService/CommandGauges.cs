using BankAccounts.ServiceDefaults.Observability;

namespace BankAccounts.CommandService;

/// <summary>What is measured whenever somebody looks. docs/OBSERVABILITY.md has the table.</summary>
public sealed class CommandGauges : Gauges
{
    /// <summary>Measures the load.</summary>
    public CommandGauges(CommandRoom room) => Meter.CreateObservableGauge(
        "bank.command.under_way", () => room.Taken, "{command}",
        "Commands that hold a place: under way, or not taken.");
}
