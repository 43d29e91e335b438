using System.Globalization;
using System.Net.Sockets;

namespace BankAccounts.Security.Tests;

/// <summary>A service as a process that is started wrongly.</summary>
public sealed class StartTests
{
    [Theory]
    [InlineData("CommandService")]
    [InlineData("ProjectionService")]
    [InlineData("QueryService")]
    public async Task Without_certificates_a_service_does_not_start_where_other_machines_come_in(string project)
    {
        var port = LocalProcess.FreePort();
        var address = string.Create(CultureInfo.InvariantCulture, $"http://0.0.0.0:{port}");
        await using var service = LocalProcess.StartService(project,
        [
            ("Kestrel:Endpoints:http:Url", address),
            ("Kestrel:Endpoints:health:Url", "http://localhost:0"),
            ("ConnectionStrings:redis", "localhost:1,connectTimeout=100"),
            ("ConnectionStrings:kafka", "localhost:1"),
        ]);

        Assert.Equal(1, await service.ExitAsync());
        var said = Assert.Single(service.Output.Split('\n'), line => line.Contains(address, StringComparison.Ordinal));
        Assert.Contains("Bank:Security:ClientCaFile", said, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", service.Output, StringComparison.Ordinal);
        using var client = new TcpClient();
        await Assert.ThrowsAsync<SocketException>(() => client.ConnectAsync("127.0.0.1", port));
    }
}
