using System.IO.Compression;
using BankAccounts.V1;
using Google.Protobuf;
using Grpc.Core;

namespace BankAccounts.Fuzz;

/// <summary>Frames, headers and metadata that break the protocol of gRPC, each with the answers that are clear to it.</summary>
internal sealed class FrameCases(WireCaller caller, Findings findings)
{
    private const int Mebibyte = 1024 * 1024;

    private delegate WireCall Breaking(WireCall good, byte[] message, Random random);

    private static readonly StatusCode[] Fine = [StatusCode.OK, StatusCode.InvalidArgument];
    private static readonly StatusCode[] Broken = [StatusCode.Internal];

    private static readonly StatusCode[] Unreadable = [StatusCode.InvalidArgument];

    private static readonly byte[] Bomb = Compressed(new byte[256 * Mebibyte]);

    /// <summary>What is sent, and with which statuses it may be answered.</summary>
    private static readonly (string Name, StatusCode[] Answers, Breaking Make)[] Frames =
    [
        ("a good call", Fine, (good, _, _) => good),
        ("no frame", Broken, (good, _, _) => good with { Body = [] }),
        ("a cut frame header", Broken, (good, _, random) => good with { Body = good.Body[..random.Next(1, 5)] }),
        ("a length that is too great", Broken, (good, message, random) => good with { Body = WireCall.Frame(message, 0, (uint)(message.Length + random.Next(1, 1_000))) }),
        ("bytes after the message", Broken, (good, _, random) => good with { Body = [.. good.Body, .. WireMutations.RandomBytes(random, random.Next(1, 50))] }),
        ("two messages where one is due", Broken, (good, _, _) => good with { Body = [.. good.Body, .. good.Body] }),
        ("a length of 2 GiB less one", [StatusCode.ResourceExhausted], (good, message, _) => good with { Body = WireCall.Frame(message, 0, int.MaxValue) }),
        ("a length beyond 2 GiB", Unreadable, (good, message, random) => good with { Body = WireCall.Frame(message, 0, uint.MaxValue - (uint)random.Next(1_000)) }),
        ("a message of 3 MiB", [StatusCode.ResourceExhausted], (good, _, _) => good with { Body = WireCall.Frame(new byte[3 * Mebibyte]) }),
        ("an unknown flag", Unreadable, (good, message, random) => good with { Body = WireCall.Frame(message, (byte)random.Next(2, 256)) }),
        ("compressed without encoding", Broken, (good, message, _) => good with { Body = WireCall.Frame(Compressed(message), 1) }),
        ("compressed with identity", Broken, (good, message, _) => Encoded(good, "identity", message)),
        ("compressed in an unknown way", [StatusCode.Unimplemented], (good, message, _) => Encoded(good, "snappy", message)),
        ("compressed well", Fine, (good, message, _) => Encoded(good, "gzip", Compressed(message))),
        ("compressed garbage", Unreadable, (good, _, random) => Encoded(good, "gzip", [0xFF, .. WireMutations.RandomBytes(random, 100)])),
        ("deflated garbage", Unreadable, (good, _, random) => Encoded(good, "deflate", [0xFF, .. WireMutations.RandomBytes(random, 100)])),
        ("a gzip bomb", [StatusCode.ResourceExhausted], (good, _, _) => Encoded(good, "gzip", Bomb)),
        ("an unknown method", [StatusCode.Unimplemented], (good, _, random) => good with { Path = $"{good.Path}{random.Next()}" }),
        ("an unknown service", [StatusCode.Unimplemented], (good, _, _) => good with { Path = "/bankaccounts.v1.NoService/GetAccount" }),
        ("no te", Fine, (good, _, _) => good with { HasTe = false }),
        ("a content type with a format", Fine, (good, _, _) => good with { ContentType = "application/grpc+proto" }),
        ("no deadline", Fine, (good, _, _) => good with { Timeout = WireCall.NoTimeout }),
        ("a deadline that is none", [.. Fine, StatusCode.DeadlineExceeded], (good, _, random) => WithTimeout(good, random)),
        ("metadata that is no base64", Fine, (good, _, _) => With(good, ("junk-bin", "*** not base64 ***"), ("trace-bin", "A"))),
        ("a broken trace", Fine, (good, _, random) => WithTrace(good, random)),
        ("a host of somebody else", Fine, (good, _, _) => With(good, ("x-forwarded-host", "evil.example"), ("x-forwarded-for", "::1"), ("forwarded", "for=\"_x\""))),
        ("odd encodings to accept", Fine, (good, _, _) => With(good, ("grpc-accept-encoding", ",,;q=x,gzip,"), ("accept-encoding", "x"))),
        ("authorization of nobody", Fine, (good, _, _) => With(good, ("authorization", "Bearer " + new string('x', 4_000)))),
        ("an encoding that is not used", Fine, (good, _, _) => With(good, ("grpc-encoding", "nonsense"))),
        ("90 headers", Fine, (good, _, _) => With(good, [.. Enumerable.Range(0, 80).Select(n => ($"x-{n}", "y"))])),
    ];

    /// <summary>What HTTP itself refuses, or the connection ends with.</summary>
    private static readonly (string Name, int[] Statuses, Breaking Make)[] Https =
    [
        ("no content type", [415], (good, _, _) => good with { ContentType = null }),
        ("another content type", [415], (good, _, random) => good with { ContentType = new[] { "text/plain", "application/json", "application/grpc-web", "application/grpcx", "x" }[random.Next(5)] }),
        ("another verb", [404, 405], (good, _, random) => good with { Verb = new[] { "GET", "PUT", "DELETE", "OPTIONS", "PATCH", "X" }[random.Next(6)] }),
        ("an odd path", [0, 200, 400, 404, 414], (good, _, random) => good with { Path = new[] { "/", "//", "/..%2f..%2fetc", "/%00", "/bankaccounts.v1.QueryService/", "/" + new string('p', 7_000) }[random.Next(6)], IsAlone = true }),
        ("a long path", [0, 400, 414, 431], (good, _, _) => good with { Path = "/" + new string('p', 60_000), IsAlone = true }),
        ("a header of 60 KB", [0, 400, 431], (good, _, _) => With(good, ("x", new string('h', 60_000))) with { IsAlone = true }),
        ("a header of 1 MB", [0, 400, 431], (good, _, _) => With(good, ("x", new string('h', Mebibyte))) with { IsAlone = true }),
        ("2,000 headers", [0, 400, 431], (good, _, _) => With(good, [.. Enumerable.Range(0, 2_000).Select(n => ($"x-{n}", "y"))]) with { IsAlone = true }),
    ];

    public static int Kinds => Frames.Length + Https.Length;

    public async Task RunAsync(string name, Random random)
    {
        var (service, path, message) = random.Next(3) switch
        {
            0 => (BankService.Command, "/bankaccounts.v1.CommandService/Deposit", new DepositRequest().ToByteArray()),
            1 => (BankService.Query, "/bankaccounts.v1.QueryService/ListAccounts", new ListAccountsRequest { PageSize = 1, AllowStale = true }.ToByteArray()),
            _ => (BankService.Ledger, "/bankaccounts.v1.LedgerService/ListVoids", new ListVoidsRequest { PageSize = 1 }.ToByteArray()),
        };
        var good = new WireCall(service, path, WireCall.Frame(message));
        var kind = random.Next(Kinds);
        if (kind < Frames.Length)
        {
            var (what, answers, make) = Frames[kind];
            var answer = await caller.SendAsync(make(good, message, random));
            Check(answer is { HttpStatus: 200, Code: { } code } && answers.Contains(code), name, what, path, answer);
        }
        else
        {
            var (what, statuses, make) = Https[kind - Frames.Length];
            var answer = await caller.SendAsync(make(good, message, random));
            Check(answer is not null && statuses.Contains(answer.HttpStatus), name, what, path, answer);
        }
    }

    private void Check(bool isClear, string name, string what, string path, WireAnswer? answer)
    {
        if (!isClear)
        {
            findings.Add($"{name}, {what} to {path}: {answer?.ToString() ?? "no answer within the deadline"}");
        }
    }

    private static WireCall With(WireCall call, params (string Name, string Value)[] headers) => call with { Headers = headers };

    private static WireCall Encoded(WireCall call, string encoding, byte[] bytes) =>
        With(call, ("grpc-encoding", encoding)) with { Body = WireCall.Frame(bytes, 1) };

    private static WireCall WithTimeout(WireCall call, Random random)
    {
        string[] odd = ["", "S", "-1S", "1", "1x", "0m", "1n", "99999999H", "999999999H", "2147483647H", "1.5S", " 1S", "0x1S"];
        return With(call, ("grpc-timeout", odd[random.Next(odd.Length)])) with { Timeout = WireCall.NoTimeout };
    }

    private static WireCall WithTrace(WireCall call, Random random)
    {
        string[] odd = ["", "00-x", "00-00000000000000000000000000000000-0000000000000000-01", "ff-" + new string('f', 52), new string('0', 5_000)];
        return With(call, ("traceparent", odd[random.Next(odd.Length)]), ("tracestate", new string('=', 600)), ("baggage", ",,=;%"));
    }

    private static byte[] Compressed(byte[] bytes)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest))
        {
            gzip.Write(bytes);
        }
        return compressed.ToArray();
    }
}
