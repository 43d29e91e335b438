using System.Diagnostics;
using System.Text.Json;
using BankAccounts.Tests.Files;

namespace BankAccounts.EndToEnd.Tests;

/// <summary>
/// A gRPC client that this project did not write (@grpc/grpc-js), which learns a server's methods by
/// reflection, as grpcurl does.
/// </summary>
public static class ForeignClient
{
    private static readonly string Script = RepositoryFiles.PathOf("tests", "clients", "call.js");

    public static async Task<JsonElement> CallAsync(string address, string method, string json = "{}") =>
        Parse(await RunAsync(expectSuccess: true, address, method, json));

    public static async Task<JsonElement> FailAsync(string address, string method, string json) =>
        Parse(await RunAsync(expectSuccess: false, address, method, json));

    public static async Task<JsonElement> CallOldReflectionAsync(string address, string method, string json = "{}") =>
        Parse(await RunAsync(expectSuccess: true, "--v1alpha", address, method, json));

    private static JsonElement Parse(string json) => JsonDocument.Parse(json).RootElement;

    private static async Task<string> RunAsync(bool expectSuccess, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("node", [Script, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        }) ?? throw new InvalidOperationException("node cannot be started.");
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await process.WaitForExitAsync(patience.Token);
        Assert.True(
            process.ExitCode == (expectSuccess ? 0 : 1),
            $"{string.Join(' ', arguments)}\nexit {process.ExitCode}: {await output}{await errors}");
        return expectSuccess ? await output : await errors;
    }
}
