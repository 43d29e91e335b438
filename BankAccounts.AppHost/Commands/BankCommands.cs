using System.Globalization;
using BankAccounts.Client;
using BankAccounts.V1;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace BankAccounts.AppHost.Commands;

/// <summary>What a person at the dashboard can have the bank do, beside starting and stopping its services.</summary>
internal static class BankCommands
{
    public const string AddDemoData = "add-demo-data";
    public const string RunLoad = "run-load";
    public const string VerifyLedger = "verify-ledger";
    public const string RebuildPartition = "rebuild-partition";

    /// <summary>Accounts to look at, and load.</summary>
    public static IResourceBuilder<ProjectResource> WithAccountCommands(
        this IResourceBuilder<ProjectResource> commandService, BankSettings bank)
    {
        var load = new LoadCommand(TimeSpan.FromSeconds(bank.LoadSeconds));
        return commandService
            .WithCommand(
                AddDemoData, "Add demo data",
                context => CallAsync(context, () => WithClientAsync(
                    context, client => DemoData.AddAsync(client, context.CancellationToken))),
                Described("Opens some accounts and moves money between them. A second time adds nothing."))
            .WithCommand(
                RunLoad, string.Create(CultureInfo.InvariantCulture, $"Run load for {bank.LoadSeconds} s"),
                context => CallAsync(context, () => WithClientAsync(
                    context, client => load.RunAsync(client, context.CancellationToken))),
                Described("Deposits, withdrawals and transfers among accounts of its own, by 64 callers at once."));
    }

    /// <summary>What LedgerService does for an operator.</summary>
    public static IResourceBuilder<ProjectResource> WithLedgerCommands(
        this IResourceBuilder<ProjectResource> projectionService) => projectionService
        .WithCommand(
            VerifyLedger, "Verify ledger",
            context => CallAsync(context, () => WithLedgerAsync(
                context, ledger => Commands.VerifyLedger.RunAsync(ledger, context))),
            Described("Folds the whole log beside the live system, and compares all that Redis holds with it."))
        .WithCommand(
            RebuildPartition, "Rebuild partition",
            context => CallAsync(context, () => WithLedgerAsync(
                context, ledger => Commands.RebuildPartition.RunAsync(ledger, context))),
            Described("Builds a partition's state anew beside the live one, and makes it the live one."));

    private static async Task<ExecuteCommandResult> CallAsync(
        ExecuteCommandContext context, Func<Task<ExecuteCommandResult>> command)
    {
        try
        {
            return await command();
        }
        catch (RpcException) when (context.CancellationToken.IsCancellationRequested)
        {
            return CommandResults.Canceled();
        }
        catch (RpcException failed)
        {
            return FailureOf(BankException.Of(failed));
        }
        catch (BankException failed)
        {
            return FailureOf(failed);
        }
    }

    private static async Task<ExecuteCommandResult> WithClientAsync(
        ExecuteCommandContext context, Func<BankClient, Task<ExecuteCommandResult>> command)
    {
        using var commands = ChannelTo("command-service", context);
        using var queries = ChannelTo("query-service", context);
        return await command(new BankClient(commands.CreateCallInvoker(), queries.CreateCallInvoker()));
    }

    private static async Task<ExecuteCommandResult> WithLedgerAsync(
        ExecuteCommandContext context, Func<LedgerService.LedgerServiceClient, Task<ExecuteCommandResult>> command)
    {
        using var ledger = ChannelTo("projection-service", context);
        return await command(new LedgerService.LedgerServiceClient(ledger));
    }

    /// <summary>A service at its one address: any replica will do, not only the one that has the button.</summary>
    private static GrpcChannel ChannelTo(string service, ExecuteCommandContext context) => GrpcChannel.ForAddress(
        context.ServiceProvider.GetRequiredService<DistributedApplicationModel>().Resources
            .OfType<ProjectResource>().Single(resource => resource.Name == service).GetEndpoint("http").Url);

    private static ExecuteCommandResult FailureOf(BankException failed) =>
        CommandResults.Failure($"{failed.Reason}: {failed.Message}");

    private static CommandOptions Described(string description) => new()
    {
        Description = description,
        UpdateState = context =>
            context.ResourceSnapshot.State?.Text == KnownResourceStates.Running
            && context.ResourceSnapshot.HealthStatus == HealthStatus.Healthy
                ? ResourceCommandState.Enabled
                : ResourceCommandState.Disabled,
    };
}
