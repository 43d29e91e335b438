using Google.Protobuf.Reflection;

namespace BankAccounts.Fuzz;

/// <summary>All methods of the three services, as their descriptors have them.</summary>
internal static class Methods
{
    /// <summary>What goes over the whole ledger is asked for less often.</summary>
    private const int OneInSoMany = 40;

    private static readonly (BankService Service, MethodDescriptor Method)[] All =
    [
        .. V1.CommandService.Descriptor.Methods.Select(method => (BankService.Command, method)),
        .. V1.QueryService.Descriptor.Methods.Select(method => (BankService.Query, method)),
        .. V1.LedgerService.Descriptor.Methods.Select(method => (BankService.Ledger, method)),
    ];

    public static (BankService Service, MethodDescriptor Method) Any(Random random)
    {
        var any = All[random.Next(All.Length)];
        return any is (BankService.Ledger, { IsServerStreaming: true }) && random.Next(OneInSoMany) > 0 ? Any(random) : any;
    }

    public static string PathOf(MethodDescriptor method) => $"/{method.Service.FullName}/{method.Name}";
}
