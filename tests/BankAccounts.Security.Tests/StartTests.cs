using System.Globalization;
using System.Net.Security;
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
        var port = FreePorts.Take();
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

    [Fact]
    public async Task A_new_certificate_in_the_place_of_the_old_one_is_served_without_a_restart()
    {
        using var files = new CertificateFolder();
        using var authority = new TestAuthority("Bank root");
        using var before = authority.Issue("CN=before", TestAuthority.ForServers, dns: "localhost");
        using var after = authority.Issue("CN=after", TestAuthority.ForServers, dns: "localhost");
        var (certificate, key) = files.Write("server", before);
        var port = FreePorts.Take();
        await using var service = LocalProcess.StartService("QueryService",
        [
            ("Kestrel:Endpoints:http:Url", string.Create(CultureInfo.InvariantCulture, $"https://localhost:{port}")),
            ("Kestrel:Endpoints:health:Url", string.Create(CultureInfo.InvariantCulture, $"http://localhost:{FreePorts.Take()}")),
            ("Kestrel:Certificates:Default:Path", certificate),
            ("Kestrel:Certificates:Default:KeyPath", key),
            ("ConnectionStrings:redis", "localhost:1,connectTimeout=100"),
        ]);
        await Eventually.BecomesTrue(async () => await ServedAsync(port) == "CN=before", "the first certificate");

        var (newCertificate, newKey) = files.Write("renewed", after);
        File.Move(newKey, key, overwrite: true);
        File.Move(newCertificate, certificate, overwrite: true);

        await Eventually.BecomesTrue(async () => await ServedAsync(port) == "CN=after", "the second certificate");
    }

    /// <summary>Whose certificate is served; null if nobody answers.</summary>
    private static async Task<string?> ServedAsync(int port)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync("127.0.0.1", port);
            string? subject = null;
            await using var tls = new SslStream(client.GetStream(), false, (_, certificate, _, errors) =>
            {
                subject = certificate?.Subject;
                return errors == SslPolicyErrors.RemoteCertificateChainErrors;
            });
            await tls.AuthenticateAsClientAsync("localhost");
            return subject;
        }
        catch (Exception away) when (away is SocketException or IOException)
        {
            return null;
        }
    }
}
