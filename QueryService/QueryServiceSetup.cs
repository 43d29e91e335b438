using BankAccounts.QueryService.Commits;
using BankAccounts.QueryService.Grpc;
using BankAccounts.QueryService.History;
using BankAccounts.QueryService.Redis;
using BankAccounts.QueryService.Statements;
using BankAccounts.QueryService.Watching;

namespace BankAccounts.QueryService;

/// <summary>What this service is made of.</summary>
public static class QueryServiceSetup
{
    /// <summary>Adds the readers of Redis, and what answers from them.</summary>
    public static void AddQueries(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<QueryOptions>()
            .BindConfiguration(QueryOptions.Section)
            .ValidateDataAnnotations()
            .ValidateOnStart();
        builder.Services.AddSingleton<PartitionReader>();
        builder.Services.AddSingleton<HistoryReader>();
        builder.Services.AddSingleton<CommitFeed>();
        builder.Services.AddHostedService<CommitListener>();
        builder.Services.AddHostedService<QueryGauges>();
        builder.Services.AddSingleton<Reads>();
        builder.Services.AddSingleton<AccountHistories>();
        builder.Services.AddSingleton<AccountList>();
        builder.Services.AddSingleton<HistoryList>();
        builder.Services.AddSingleton<DecisionSearch>();
        builder.Services.AddSingleton<StatementCall>();
        builder.Services.AddSingleton<WatchCall>();
    }
}
