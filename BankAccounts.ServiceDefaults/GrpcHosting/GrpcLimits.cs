namespace BankAccounts.ServiceDefaults.GrpcHosting;

/// <summary>
/// What a gRPC service takes, of one caller and of all; section <c>Grpc:Limits</c>. A value outside of its
/// bounds ends the start of the service.
/// </summary>
public sealed record GrpcLimits
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Grpc:Limits";

    private const int Mebibyte = 1024 * 1024;

    /// <summary>
    /// The largest message that is received, 1 KiB to 64 MiB; 1 MiB by default. A larger one is
    /// answered with RESOURCE_EXHAUSTED.
    /// </summary>
    public int MaxReceiveMessageBytes { get; init; } = Mebibyte;

    /// <summary>
    /// The largest message that is sent, 1 KiB to 64 MiB; 1 MiB by default. A larger one becomes
    /// RESOURCE_EXHAUSTED.
    /// </summary>
    public int MaxSendMessageBytes { get; init; } = Mebibyte;

    /// <summary>
    /// How many connections each endpoint takes at once, 1 to 1,000,000; 16,384 by default. Further ones are closed
    /// as they come. Each is an open file of the process.
    /// </summary>
    public int MaxConnections { get; init; } = 16_384;

    /// <summary>
    /// How many gRPC calls are served at once, streams and those that wait included, 1 to 1,000,000; 32,768 by
    /// default. Callers share them, and further ones are answered with RESOURCE_EXHAUSTED.
    /// </summary>
    public int MaxCalls { get; init; } = 32_768;

    /// <summary>
    /// How many calls one HTTP/2 connection may have open, 1 to 65,536; 512 by default. Clients
    /// keep further calls back until one ends.
    /// </summary>
    public int MaxStreamsPerConnection { get; init; } = 512;

    /// <summary>
    /// How long a caller may leave what is streamed to it untaken before its stream is reset, 1 s to 1 h; 1 min by
    /// default.
    /// </summary>
    public TimeSpan TakeWithin { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// After how much silence of a connection it is pinged, 1 s to 1 h; 30 s by default.
    /// </summary>
    public TimeSpan KeepAlivePingDelay { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long the answer to a ping may take before the connection is closed, 1 s to 10 min; 10 s
    /// by default.
    /// </summary>
    public TimeSpan KeepAlivePingTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long the service goes on taking calls after it is told to stop, while its health says that it stops; 0 to
    /// 1 min, 0 by default.
    /// </summary>
    public TimeSpan StopNotice { get; init; }

    internal IEnumerable<string> Problems()
    {
        if (StopNotice < TimeSpan.Zero || StopNotice > TimeSpan.FromMinutes(1))
        {
            yield return $"{Section}:{nameof(StopNotice)} must be 0 to 1 min.";
        }

        foreach (var (name, bytes) in (IEnumerable<(string, int)>)[
            (nameof(MaxReceiveMessageBytes), MaxReceiveMessageBytes),
            (nameof(MaxSendMessageBytes), MaxSendMessageBytes)])
        {
            if (bytes is < 1024 or > 64 * Mebibyte)
            {
                yield return $"{Section}:{name} must be 1,024 to {64 * Mebibyte:N0} bytes.";
            }
        }

        foreach (var (name, count) in (IEnumerable<(string, int)>)[
            (nameof(MaxConnections), MaxConnections), (nameof(MaxCalls), MaxCalls)])
        {
            if (count is < 1 or > 1_000_000)
            {
                yield return $"{Section}:{name} must be 1 to 1,000,000.";
            }
        }

        if (MaxStreamsPerConnection is < 1 or > 65_536)
        {
            yield return $"{Section}:{nameof(MaxStreamsPerConnection)} must be 1 to 65,536.";
        }

        if (TakeWithin < TimeSpan.FromSeconds(1) || TakeWithin > TimeSpan.FromHours(1))
        {
            yield return $"{Section}:{nameof(TakeWithin)} must be 1 s to 1 h.";
        }

        if (KeepAlivePingDelay < TimeSpan.FromSeconds(1)
            || KeepAlivePingDelay > TimeSpan.FromHours(1))
        {
            yield return $"{Section}:{nameof(KeepAlivePingDelay)} must be 1 s to 1 h.";
        }

        if (KeepAlivePingTimeout < TimeSpan.FromSeconds(1)
            || KeepAlivePingTimeout > TimeSpan.FromMinutes(10))
        {
            yield return $"{Section}:{nameof(KeepAlivePingTimeout)} must be 1 s to 10 min.";
        }
    }
}
