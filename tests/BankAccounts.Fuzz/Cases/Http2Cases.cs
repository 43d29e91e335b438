using System.Text;

namespace BankAccounts.Fuzz;

/// <summary>
/// Connections that break HTTP/2 itself, byte by byte. Whatever is sent, the service ends the connection or goes on with
/// it; the polite caller shows that nobody else is the worse for it.
/// </summary>
internal sealed class Http2Cases(FuzzTarget bank, Findings findings)
{
    /// <summary>How many frames a flood has.</summary>
    private const int Flood = 2_000;

    private static readonly (string Name, string Value)[] Call =
    [
        (":method", "POST"), (":scheme", "http"), (":path", "/bankaccounts.v1.QueryService/ListAccounts"), (":authority", "bank"),
        ("content-type", "application/grpc"), ("te", "trailers"),
    ];

    private static readonly byte[] Block = Frame.Block(Call);
    private static readonly byte[] Hello = [.. Frame.Preface, .. Frame.Of(Frame.Settings, 0, 0, [])];

    /// <summary>Beginnings, after which a service may wait for the rest as on any idle connection.</summary>
    private static readonly (string Name, Func<Random, byte[]> Make)[] Beginnings =
    [
        ("no preface", random => WireMutations.RandomBytes(random, random.Next(1, 300))),
        ("a TLS handshake", random => [0x16, 3, 1, 0, 200, 1, 0, 0, 196, 3, 3, .. WireMutations.RandomBytes(random, 194)]),
        ("a cut preface", random => Frame.Preface[..random.Next(1, Frame.Preface.Length)]),
    ];

    private static readonly (string Name, Func<Random, byte[]> Make)[] All =
    [
        .. Beginnings,
        ("a good connection", _ => Hello),
        ("HTTP/1.1", _ => Encoding.ASCII.GetBytes("POST /bankaccounts.v1.QueryService/ListAccounts HTTP/1.1\r\nhost: bank\r\n\r\n")),
        ("no settings", random => [.. Frame.Preface, .. Headers(1, random)]),
        ("random frames", random => [.. Hello, .. RandomFrames(random)]),
        ("random bytes", random => [.. Hello, .. WireMutations.RandomBytes(random, random.Next(1, 2_000))]),
        ("a frame that is too large", _ => [.. Hello, .. Frame.Of(Frame.Data, 0, 1, new byte[100], 0xFFFFFF)]),
        ("data on stream 0", _ => [.. Hello, .. Frame.Of(Frame.Data, 0, 0, new byte[5])]),
        ("data on an idle stream", _ => [.. Hello, .. Frame.Of(Frame.Data, 0, 7, new byte[5])]),
        ("an even stream", random => [.. Hello, .. Headers(2, random)]),
        ("streams that go back", random => [.. Hello, .. Headers(9, random), .. Headers(3, random)]),
        ("a stream opened twice", random => [.. Hello, .. Headers(1, random), .. Headers(1, random)]),
        ("cut settings", random => [.. Hello, .. Frame.Of(Frame.Settings, 0, 0, new byte[random.Next(1, 6)])]),
        ("settings on a stream", _ => [.. Hello, .. Frame.Of(Frame.Settings, 0, 1, Frame.Setting(3, 1))]),
        ("settings out of bounds", random => [.. Hello, .. Frame.Of(Frame.Settings, 0, 0, Frame.Setting((ushort)random.Next(8), uint.MaxValue - (uint)random.Next(2)))]),
        ("the smallest frames", _ => [.. Hello, .. Frame.Of(Frame.Settings, 0, 0, Frame.Setting(5, 1))]),
        ("a window of nothing", _ => [.. Hello, .. Frame.Of(Frame.Settings, 0, 0, Frame.Setting(4, 0)), .. Call1()]),
        ("a window update of 0", random => [.. Hello, .. Frame.Of(Frame.WindowUpdate, 0, (uint)random.Next(2), Frame.Number(0))]),
        ("a window that overflows", _ => [.. Hello, .. Frame.Of(Frame.WindowUpdate, 0, 0, Frame.Number(int.MaxValue)), .. Frame.Of(Frame.WindowUpdate, 0, 0, Frame.Number(int.MaxValue))]),
        ("a ping of another size", random => [.. Hello, .. Frame.Of(Frame.Ping, 0, 0, new byte[random.Next(1, 8)])]),
        ("a ping on a stream", _ => [.. Hello, .. Frame.Of(Frame.Ping, 0, 1, new byte[8])]),
        ("a promise of a client", _ => [.. Hello, .. Frame.Of(Frame.PushPromise, Frame.EndHeaders, 1, [0, 0, 0, 2, .. Block])]),
        ("a priority of itself", _ => [.. Hello, .. Frame.Of(Frame.Priority, 0, 1, [0, 0, 0, 1, 16])]),
        ("a frame of an unknown type", random => [.. Hello, .. Frame.Of((byte)random.Next(10, 256), 0xFF, 3, WireMutations.RandomBytes(random, 50))]),
        ("a continuation of nothing", _ => [.. Hello, .. Frame.Of(Frame.Continuation, Frame.EndHeaders, 1, Block)]),
        ("headers that are interrupted", _ => [.. Hello, .. Frame.Of(Frame.Headers, 0, 1, Block), .. Frame.Of(Frame.Settings, 0, 0, [])]),
        ("padding that is longer than its frame", _ => [.. Hello, .. Frame.Of(Frame.Headers, Frame.EndHeaders | Frame.Padded, 1, [255, .. Block])]),
        ("headers that are no HPACK", random => [.. Hello, .. Frame.Of(Frame.Headers, Frame.EndHeaders, 1, WireMutations.RandomBytes(random, random.Next(1, 200)))]),
        ("an index of nothing", _ => [.. Hello, .. Frame.Of(Frame.Headers, Frame.EndHeaders, 1, [0xFF, 0xFF, 0xFF, 0xFF, 0x0F])]),
        ("a table of 4 GiB", _ => [.. Hello, .. Frame.Of(Frame.Headers, Frame.EndHeaders, 1, [0x3F, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F, .. Block])]),
        ("a header name in capitals", _ => [.. Hello, .. Once([.. Block, .. Frame.Block(("X-Y", "z"))])]),
        ("no path", _ => [.. Hello, .. Once(Frame.Block((":method", "POST"), (":scheme", "http")))]),
        ("two paths", _ => [.. Hello, .. Once([.. Block, .. Frame.Block((":path", "/"))])]),
        ("a header of the connection", _ => [.. Hello, .. Once([.. Block, .. Frame.Block(("connection", "close"))])]),
        ("a header with a line break", _ => [.. Hello, .. Once([.. Block, .. Frame.Block(("x", "a\r\nb: c\0"))])]),
        ("a header without a name", _ => [.. Hello, .. Once([.. Block, .. Frame.Block(("", "x"))])]),
        ("trailers with a path", random => [.. Hello, .. Headers(1, random), .. Frame.Of(Frame.Headers, Frame.EndHeaders | Frame.EndStream, 1, Block)]),
        ("data after the end", _ => [.. Hello, .. Call1(), .. Frame.Of(Frame.Data, 0, 1, new byte[5])]),
        ("a body shorter than it says", _ => [.. Hello, .. Once([.. Block, .. Frame.Block(("content-length", "1000"))])]),
        ("a farewell, and then a call", _ => [.. Hello, .. Frame.Of(Frame.GoAway, 0, 0, new byte[8]), .. Call1()]),
        ("a call that is never finished", random => [.. Hello, .. Headers(1, random), .. Frame.Of(Frame.Data, 0, 1, [0, 0, 0])]),
        ("a flood of pings", _ => [.. Hello, .. Many(_ => Frame.Of(Frame.Ping, 0, 0, new byte[8]))]),
        ("a flood of settings", _ => [.. Hello, .. Many(_ => Frame.Of(Frame.Settings, 0, 0, Frame.Setting(3, 100)))]),
        ("a flood of resets", _ => [.. Hello, .. Many(n => [.. Frame.Of(Frame.Headers, Frame.EndHeaders, (uint)((2 * n) + 1), Block), .. Frame.Of(Frame.RstStream, 0, (uint)((2 * n) + 1), Frame.Number(8))])]),
        ("a flood of continuations", _ => [.. Hello, .. Frame.Of(Frame.Headers, 0, 1, Block), .. Many(n => Frame.Of(Frame.Continuation, 0, 1, Frame.Block(($"x-{n}", "y"))))]),
        ("a flood of empty continuations", _ => [.. Hello, .. Frame.Of(Frame.Headers, 0, 1, Block), .. Many(_ => Frame.Of(Frame.Continuation, 0, 1, []))]),
        ("a flood of empty data", random => [.. Hello, .. Headers(1, random), .. Many(_ => Frame.Of(Frame.Data, 0, 1, []))]),
        ("a flood of window updates", _ => [.. Hello, .. Many(_ => Frame.Of(Frame.WindowUpdate, 0, 0, Frame.Number(1)))]),
        ("a flood of priorities", _ => [.. Hello, .. Many(n => Frame.Of(Frame.Priority, 0, (uint)((2 * n) + 1), [0, 0, 0, 0, 16]))]),
        ("more calls than a connection may have", random => [.. Hello, .. Enumerable.Range(0, 700).SelectMany(n => Headers((uint)((2 * n) + 1), random))]),
    ];

    public static int Kinds => All.Length;

    public async Task RunAsync(string name, Random random)
    {
        var address = bank.Addresses[random.Next(bank.Addresses.Count)];
        var kind = random.Next(All.Length);
        var (what, make) = All[kind];
        var bytes = make(random);
        if (kind < Beginnings.Length || random.Next(4) == 0)
        {
            await RawConnection.CutAsync(address, bytes[..random.Next(bytes.Length + 1)]);
        }
        else if (await RawConnection.SendAsync(address, bytes) == Aftermath.Hangs)
        {
            findings.Add($"{name}, {what}: the connection to {address} neither ends nor goes on");
        }
    }

    private static byte[] Headers(uint stream, Random random) =>
        Frame.Of(Frame.Headers, (byte)(Frame.EndHeaders | (random.Next(4) == 0 ? Frame.EndStream : 0)), stream, Block);

    private static byte[] Once(byte[] block) => Frame.Of(Frame.Headers, Frame.EndHeaders | Frame.EndStream, 1, block);

    private static byte[] Call1() =>
        [.. Frame.Of(Frame.Headers, Frame.EndHeaders, 1, Block), .. Frame.Of(Frame.Data, Frame.EndStream, 1, WireCall.Frame([]))];

    private static byte[] Many(Func<int, byte[]> frame) => [.. Enumerable.Range(0, Flood).SelectMany(frame)];

    private static byte[] RandomFrames(Random random) =>
    [
        .. Enumerable.Range(0, random.Next(1, 20)).SelectMany(_ => Frame.Of(
            (byte)random.Next(11), (byte)random.Next(256), (uint)random.Next(6), WireMutations.RandomBytes(random, random.Next(40)))),
    ];
}
