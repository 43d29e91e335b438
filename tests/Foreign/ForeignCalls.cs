using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;
using BankAccounts.Tests.Files;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;

namespace BankAccounts.Tests.Foreign;

/// <summary>One call for the foreign client.</summary>
internal sealed record ForeignCall(
    [property: JsonPropertyName("method")] string Method,
    [property: JsonPropertyName("request"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    object? Request = null,
    [property: JsonPropertyName("requests"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    object[]? Requests = null,
    [property: JsonPropertyName("deadline_ms")] int DeadlineMs = 20_000,
    [property: JsonPropertyName("take"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    int? Take = null,
    [property: JsonPropertyName("as"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    string? As = null);

/// <summary>What the foreign client was told: a code by name, the answer or answers, the error's details.</summary>
internal sealed record ForeignOutcome(string Code, JsonElement Answer, JsonElement[] Answers, ForeignError? Error);

/// <summary>A google.rpc.Status, taken apart: each type of detail at most once.</summary>
internal sealed record ForeignError(Status Status, ErrorInfo Info, string[] Fields, RetryInfo? Retry)
{
    /// <summary>Takes a status apart.</summary>
    public static ForeignError Of(Status status)
    {
        var types = status.Details.Select(detail => detail.TypeUrl).ToList();
        Assert.Equal(types.Distinct(), types);
        Assert.NotEmpty(status.Message);
        var info = status.GetDetail<ErrorInfo>();
        Assert.NotNull(info);
        Assert.Equal("bankaccounts", info.Domain);
        return new ForeignError(
            status,
            info,
            [.. status.GetDetail<BadRequest>()?.FieldViolations.Select(field => field.Field) ?? []],
            status.GetDetail<RetryInfo>());
    }
}

/// <summary>
/// A gRPC client that this project did not write (@grpc/grpc-js), which learns a server's methods by
/// reflection, as grpcurl does. All calls are made by one process, one after the other.
/// </summary>
internal static class ForeignCalls
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    /// <summary>Makes the calls and gives their outcomes, in the same order.</summary>
    public static Task<ForeignOutcome[]> MakeAsync(string address, params ForeignCall[] calls) =>
        MakeAsync([address], calls);

    /// <summary>Makes the calls over TLS, each with the certificate of its caller.</summary>
    /// <param name="address">Host and port.</param>
    /// <param name="callersFile">Who is who, as calls.js says.</param>
    /// <param name="calls">The calls.</param>
    public static Task<ForeignOutcome[]> MakeSecurelyAsync(string address, string callersFile, params ForeignCall[] calls) =>
        MakeAsync([address, callersFile], calls);

    private static async Task<ForeignOutcome[]> MakeAsync(string[] arguments, ForeignCall[] calls)
    {
        string[] command = [RepositoryFiles.PathOf("tests", "clients", "calls.js"), .. arguments];
        using var process = Process.Start(new ProcessStartInfo("node", command)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        }) ?? throw new InvalidOperationException("node cannot be started.");
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.StandardInput.WriteAsync(JsonSerializer.Serialize(calls));
        process.StandardInput.Close();
        using var patience = new CancellationTokenSource(Patience);
        await process.WaitForExitAsync(patience.Token);
        Assert.True(process.ExitCode == 0, await errors);
        var outcomes = JsonDocument.Parse(await output).RootElement.EnumerateArray().Select(Read).ToArray();
        Assert.Equal(calls.Length, outcomes.Length);
        return outcomes;
    }

    /// <summary>The status that is an answer in a stream.</summary>
    public static ForeignError ErrorIn(JsonElement result)
    {
        var error = result.GetProperty("error");
        var status = new Status { Code = error.GetProperty("code").GetInt32(), Message = error.GetProperty("message").GetString() };
        status.Details.AddRange(error.GetProperty("details").EnumerateArray().Select(detail => new Any
        {
            TypeUrl = detail.GetProperty("type_url").GetString(),
            Value = Google.Protobuf.ByteString.FromBase64(detail.GetProperty("value").GetString()),
        }));
        return ForeignError.Of(status);
    }

    private static ForeignOutcome Read(JsonElement outcome)
    {
        var error = outcome.TryGetProperty("status_details", out var details) && details.GetArrayLength() == 1
            ? ForeignError.Of(Status.Parser.ParseFrom(details[0].GetBytesFromBase64()))
            : null;
        return new ForeignOutcome(
            outcome.GetProperty("code").GetString()!,
            outcome.TryGetProperty("answer", out var answer) ? answer : default,
            outcome.TryGetProperty("answers", out var answers) ? [.. answers.EnumerateArray()] : [],
            error);
    }
}
