using System.Runtime.CompilerServices;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace BankAccounts.ServiceDefaults.Security;

/// <summary>
/// Who stands behind a certificate. A connection has one certificate object, so each is looked at once for as long as
/// its connection lives; whether it has expired meanwhile is asked with each call.
/// </summary>
internal sealed partial class Callers(IOptions<SecurityOptions> options, TimeProvider time, ILogger<Callers> logger)
{
    /// <summary>The authentication type of a caller's identity.</summary>
    public const string Scheme = "ClientCertificate";

    private readonly Authorities authorities = new(options.Value.ClientCaFile!);
    private readonly ConditionalWeakTable<X509Certificate2, Caller> known = [];

    /// <summary>The caller with this certificate.</summary>
    public Caller Of(X509Certificate2 certificate)
    {
        var caller = known.GetValue(certificate, Look);
        return caller.Problem is null && caller.ValidUntil < time.GetUtcNow()
            ? caller with { Problem = $"{X509ChainStatusFlags.NotTimeValid}" }
            : caller;
    }

    private Caller Look(X509Certificate2 certificate)
    {
        var validUntil = new DateTimeOffset(certificate.NotAfter);
        if (authorities.ProblemOfClient(certificate) is { } problem)
        {
            // A stranger's certificate may say anything, so only its digest goes into the log.
            LogRefused(certificate.GetCertHashString(HashAlgorithmName.SHA256), problem);
            return new Caller(new ClaimsPrincipal(), validUntil, problem);
        }
        var names = CertificateNames.Of(certificate);
        var roles = options.Value.NamesByRole
            .Where(role => Array.Exists(role.Names, names.Contains))
            .Select(role => new Claim(ClaimTypes.Role, role.Role));
        var identity = new ClaimsIdentity([new Claim(ClaimTypes.Name, certificate.Subject), .. roles], Scheme);
        return new Caller(new ClaimsPrincipal(identity), validUntil, Problem: null);
    }

    [LoggerMessage(EventId = 1030, Level = LogLevel.Warning,
        Message = "Refused the client certificate with SHA-256 {Digest}: {Problem}")]
    private partial void LogRefused(string digest, string problem);
}

/// <summary>A certificate that was looked at.</summary>
/// <param name="Principal">Whose it is, with the roles.</param>
/// <param name="ValidUntil">When it expires.</param>
/// <param name="Problem">Why it does not count, as X.509 chain states; null if it does.</param>
internal sealed record Caller(ClaimsPrincipal Principal, DateTimeOffset ValidUntil, string? Problem);
