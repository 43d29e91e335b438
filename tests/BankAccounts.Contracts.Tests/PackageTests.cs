using System.Diagnostics;
using System.IO.Compression;
using System.Xml.Linq;
using BankAccounts.Tests.Files;

namespace BankAccounts.Contracts.Tests;

/// <summary>The client package, as callers get it.</summary>
public sealed class PackageTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task The_package_has_the_client_the_contract_and_the_genuine_packages_it_needs()
    {
        var folder = Directory.CreateTempSubdirectory("bank-package-");
        try
        {
            await PackAsync(folder.FullName);
            using var package = ZipFile.OpenRead(Assert.Single(Directory.GetFiles(folder.FullName, "*.nupkg")));
            var files = package.Entries.Select(entry => entry.FullName).ToList();

            Assert.Contains("lib/net10.0/BankAccounts.Protos.dll", files);
            Assert.Contains("lib/net10.0/BankAccounts.Protos.xml", files);
            Assert.Contains("content/protos/bankaccounts/v1/command_service.proto", files);
            Assert.Contains("README.md", files);
            Assert.Single(files, file => file.EndsWith(".dll", StringComparison.Ordinal));

            using var stream = package.Entries
                .Single(entry => entry.FullName.EndsWith(".nuspec", StringComparison.Ordinal)).Open();
            var specification = XDocument.Load(stream);
            var dependencies = specification.Descendants()
                .Where(element => element.Name.LocalName == "dependency")
                .ToDictionary(one => (string)one.Attribute("id")!, one => (string)one.Attribute("version")!);
            Assert.Equal(
                ["Google.Api.CommonProtos", "Google.Protobuf", "Grpc.Core.Api"],
                dependencies.Keys.Order(StringComparer.Ordinal));
            // Also where a stand-in took its place in the build.
            Assert.True(new Version(dependencies["Grpc.Core.Api"]) >= new Version(2, 80), dependencies["Grpc.Core.Api"]);
            Assert.Equal("MIT", Text(specification, "license"));
            Assert.Equal("README.md", Text(specification, "readme"));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string Text(XDocument specification, string element) =>
        specification.Descendants().Single(one => one.Name.LocalName == element).Value;

    private static async Task PackAsync(string folder)
    {
        using var process = Process.Start(new ProcessStartInfo(
            "dotnet", ["pack", RepositoryFiles.PathOf("protos"), "-c", "Release", "--no-build", "-o", folder])
        {
            RedirectStandardOutput = true,
        }) ?? throw new InvalidOperationException("dotnet cannot be started.");
        var output = process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(Patience);
        Assert.True(process.ExitCode == 0, await output);
    }
}
