using BankAccounts.CommandService.Log;
using BankAccounts.ServiceDefaults.Observability;

namespace BankAccounts.CommandService;

/// <summary>What is measured whenever somebody looks. docs/OBSERVABILITY.md has the table.</summary>
public sealed class CommandGauges : Gauges
{
    /// <summary>Measures the appender's load.</summary>
    public CommandGauges(Appender appender) => Meter.CreateObservableGauge(
        "bank.command.under_way", () => appender.UnderWay, "{command}", "Commands whose outcome is not known yet.");
}
