using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;
using Grpc.Core;
using Status = Google.Rpc.Status;

namespace BankAccounts.Fuzz;

/// <summary>
/// Sends calls byte by byte as they are written down, over plain HTTP/2: gRPC's own client would not let them out.
/// </summary>
internal sealed class WireCaller(IReadOnlyList<Uri> addresses) : IDisposable
{
    /// <summary>Several connections to each service: each goes to one of its replicas.</summary>
    private const int ConnectionsPerService = 4;

    private const int MostOfAnAnswer = 16 * 1024 * 1024;
    private const string DetailsTrailer = "grpc-status-details-bin";

    /// <summary>How long after its deadline a call has to be over.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(15);

    private readonly HttpMessageInvoker[][] connections =
        [.. addresses.Select(_ => Enumerable.Range(0, ConnectionsPerService).Select(_ => NewConnection()).ToArray())];

    private int turn;

    /// <returns>The answer; null if there was none in time.</returns>
    public async Task<WireAnswer?> SendAsync(WireCall call)
    {
        var deadline = call.Timeout == WireCall.NoTimeout ? TimeSpan.FromSeconds(30) : call.Timeout;
        using var patience = new CancellationTokenSource(deadline + Grace);
        var shared = connections[(int)call.Service][(uint)Interlocked.Increment(ref turn) % ConnectionsPerService];
        var alone = call.IsAlone ? NewConnection() : null;
        var clock = Stopwatch.StartNew();
        try
        {
            using var request = RequestOf(call);
            using var response = await (alone ?? shared).SendAsync(request, patience.Token);
            var body = await ReadAsync(response, patience.Token);
            return AnswerOf(response, body) with { Elapsed = clock.Elapsed };
        }
        catch (Exception gone) when (gone is HttpRequestException or IOException)
        {
            return WireAnswer.Reset(gone.Message) with { Elapsed = clock.Elapsed };
        }
        catch (OperationCanceledException)
        {
            return null;
        }
        finally
        {
            alone?.Dispose();
        }
    }

    public void Dispose() => Array.ForEach(connections, each => Array.ForEach(each, one => one.Dispose()));

    private static HttpMessageInvoker NewConnection() => new(new SocketsHttpHandler
    {
        EnableMultipleHttp2Connections = true,
        ActivityHeadersPropagator = null,
        AllowAutoRedirect = false,
        UseProxy = false,
    });

    private HttpRequestMessage RequestOf(WireCall call)
    {
        var request = new HttpRequestMessage(new HttpMethod(call.Verb), new Uri(addresses[(int)call.Service].GetLeftPart(UriPartial.Authority) + call.Path))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(call.Body),
        };
        if (call.ContentType is { } type)
        {
            request.Content.Headers.TryAddWithoutValidation("content-type", type);
        }
        if (call.HasTe)
        {
            request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        }
        if (call.Timeout != WireCall.NoTimeout)
        {
            request.Headers.TryAddWithoutValidation(
                "grpc-timeout", string.Create(CultureInfo.InvariantCulture, $"{(int)call.Timeout.TotalMilliseconds}m"));
        }
        foreach (var (name, value) in call.Headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }
        return request;
    }

    private static async Task<byte[]> ReadAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        await using var stream = await response.Content.ReadAsStreamAsync(cancellation);
        using var all = new MemoryStream();
        var buffer = new byte[32 * 1024];
        for (int count; all.Length < MostOfAnAnswer && (count = await stream.ReadAsync(buffer, cancellation)) > 0;)
        {
            all.Write(buffer.AsSpan(0, count));
        }
        return all.ToArray();
    }

    private static WireAnswer AnswerOf(HttpResponseMessage response, byte[] body)
    {
        var status = Header(response, "grpc-status");
        var details = Header(response, DetailsTrailer);
        return new WireAnswer(
            (int)response.StatusCode,
            int.TryParse(status, NumberStyles.None, CultureInfo.InvariantCulture, out var code) ? (StatusCode)code : null,
            Uri.UnescapeDataString(Header(response, "grpc-message") ?? string.Empty),
            details is null ? null : Status.Parser.ParseFrom(ByteString.FromBase64(details.PadRight((details.Length + 3) / 4 * 4, '='))),
            Messages(body));
    }

    private static string? Header(HttpResponseMessage response, string name) =>
        response.TrailingHeaders.TryGetValues(name, out var trailer) ? trailer.First()
        : response.Headers.TryGetValues(name, out var header) ? header.First()
        : null;

    private static List<byte[]> Messages(byte[] body)
    {
        var messages = new List<byte[]>();
        for (var at = 0; body.Length - at >= 5;)
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(body.AsSpan(at + 1));
            if (body[at] != 0 || length > body.Length - at - 5)
            {
                break;
            }
            messages.Add(body[(at + 5)..(at + 5 + (int)length)]);
            at += 5 + (int)length;
        }
        return messages;
    }
}
