namespace BankAccounts.AppHost;

/// <summary>What to type first, once the bank is up.</summary>
internal static class FirstSteps
{
    /// <summary>A first command, for the addresses that the services have.</summary>
    public static string Text(DistributedApplicationModel model)
    {
        var commands = model.Resources.OfType<ProjectResource>()
            .Single(service => service.Name == "command-service")
            .GetEndpoint("http");
        return $$"""

            The bank is open. Open an account (amounts are in minor units, such as cents):

              grpcurl -plaintext -d '{"holder_name":"Ada Lovelace"}' \
                localhost:{{commands.Port}} bankaccounts.v1.CommandService/CreateAccount

            No grpcurl? It is at https://github.com/fullstorydev/grpcurl; any other gRPC client
            does as well, for the services can be asked for their contracts (reflection).

            Ctrl-C stops everything; the accounts are there again at the next start.

            """;
    }
}
