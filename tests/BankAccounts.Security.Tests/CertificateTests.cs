using System.Security.Cryptography.X509Certificates;
using BankAccounts.ServiceDefaults.Security;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace BankAccounts.Security.Tests;

/// <summary>What a certificate is worth.</summary>
public sealed class CertificateTests : IDisposable
{
    private readonly TestAuthority root = new("Root");
    private readonly TestAuthority intermediate;
    private readonly CertificateFolder files = new();
    private readonly SettableClock clock = new();

    public CertificateTests() => intermediate = new TestAuthority("Intermediate", root);

    public void Dispose()
    {
        root.Dispose();
        intermediate.Dispose();
        files.Dispose();
    }

    [Fact]
    public void A_caller_is_named_by_its_alternative_names_and_by_its_whole_subject_to_the_letter()
    {
        using var certificate = root.Issue("CN=Ada, O=Bank", dns: "ada.bank.test", uri: "spiffe://bank.test/ada");

        Assert.Equal([Roles.Reader], RolesOf(certificate, readers: ["DNS:ada.bank.test"]));
        Assert.Equal([Roles.Reader], RolesOf(certificate, readers: ["URI:spiffe://bank.test/ada"]));
        Assert.Equal([Roles.Reader], RolesOf(certificate, readers: ["DNS:other", "SUBJECT:CN=Ada, O=Bank"]));
        Assert.Equal([Roles.Reader, Roles.Teller], RolesOf(certificate, ["DNS:ada.bank.test"], ["DNS:ada.bank.test"]));
        foreach (var name in new[]
        {
            "DNS:Ada.bank.test", "DNS:*.bank.test", "DNS:bank.test", "DNS:spiffe://bank.test/ada",
            "URI:ada.bank.test", "URI:spiffe://bank.test/", "SUBJECT:CN=Ada", "SUBJECT:O=Bank, CN=Ada",
        })
        {
            Assert.Empty(RolesOf(certificate, readers: [name]));
        }
    }

    [Fact]
    public void Only_the_named_authorities_count_with_what_they_have_signed()
    {
        using var direct = root.Issue("CN=direct");
        using var below = intermediate.Issue("CN=below");
        using var namesake = new TestAuthority("Root");
        using var foreign = namesake.Issue("CN=direct");
        using var self = namesake.Certificate;

        var withRoot = Callers(files.Write("root", root));
        Assert.Null(withRoot.Of(direct).Problem);
        // The file must have what stands between, as nothing is fetched.
        Assert.Contains("PartialChain", withRoot.Of(below).Problem, StringComparison.Ordinal);
        Assert.NotNull(withRoot.Of(foreign).Problem);
        Assert.NotNull(withRoot.Of(self).Problem);
        Assert.Null(Callers(files.Write("both", intermediate)).Of(below).Problem);
    }

    [Fact]
    public void A_certificate_for_servers_or_out_of_its_time_does_not_count()
    {
        using var server = root.Issue("CN=server", TestAuthority.ForServers, dns: "server.bank.test");
        using var expired = root.Issue("CN=expired", validDays: 1);
        var callers = Callers(files.Write("root", root));

        Assert.Contains("NotValidForUsage", callers.Of(server).Problem, StringComparison.Ordinal);
        Assert.Contains("NotTimeValid", callers.Of(expired).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void One_that_expires_while_its_connection_lives_does_not_count_any_more()
    {
        using var certificate = root.Issue("CN=soon", validDays: 3);
        var callers = Callers(files.Write("root", root));
        Assert.Null(callers.Of(certificate).Problem);

        clock.Now = DateTimeOffset.UtcNow.AddDays(2);

        Assert.Equal("NotTimeValid", callers.Of(certificate).Problem);
    }

    [Fact]
    public void Options_that_would_let_the_wrong_ones_in_are_refused()
    {
        var authorities = files.Write("root", root);
        using var leaf = root.Issue("CN=leaf");
        var (notAnAuthority, _) = files.Write("leaf", leaf);
        var empty = files.PathOf("empty.pem");
        File.WriteAllText(empty, "nothing");

        Assert.Empty(new SecurityOptions().Problems());
        Assert.Empty(new SecurityOptions { ClientCaFile = authorities, Readers = ["DNS:a"] }.Problems());
        AssertProblem("Bank:Security:Tellers", new SecurityOptions { Tellers = ["DNS:a"] });
        AssertProblem("Bank:Security:Operators: 'a'", new SecurityOptions { ClientCaFile = authorities, Operators = ["a"] });
        AssertProblem("Bank:Security:Readers: 'DNS:'", new SecurityOptions { ClientCaFile = authorities, Readers = ["DNS:"] });
        AssertProblem("Bank:Security:ClientCaFile", new SecurityOptions { ClientCaFile = files.PathOf("nowhere.pem") });
        AssertProblem("Bank:Security:ClientCaFile", new SecurityOptions { ClientCaFile = notAnAuthority });
        AssertProblem("Bank:Security:RedisCaFile", new SecurityOptions { RedisCaFile = empty });
    }

    private static void AssertProblem(string beginning, SecurityOptions options) =>
        Assert.StartsWith(beginning, Assert.Single(options.Problems()), StringComparison.Ordinal);

    private Callers Callers(string file, string[]? readers = null, string[]? tellers = null) => new(
        Options.Create(new SecurityOptions { ClientCaFile = file, Readers = readers ?? [], Tellers = tellers ?? [] }),
        clock,
        NullLogger<Callers>.Instance);

    private string[] RolesOf(X509Certificate2 certificate, string[]? readers = null, string[]? tellers = null)
    {
        var caller = Callers(files.Write("root", root), readers, tellers).Of(certificate);
        Assert.Null(caller.Problem);
        return [.. new[] { Roles.Reader, Roles.Teller, Roles.Operator }.Where(caller.Principal.IsInRole)];
    }

    private sealed class SettableClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = DateTimeOffset.UtcNow;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
