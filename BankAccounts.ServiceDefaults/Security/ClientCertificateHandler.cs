using BankAccounts.ServiceDefaults.Grpc;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace BankAccounts.ServiceDefaults.Security;

/// <summary>
/// Knows a caller by the certificate of its connection, whose private key the TLS handshake has proven. A refusal is an
/// error of the API like any other, with its reason.
/// </summary>
internal sealed partial class ClientCertificateHandler(Callers callers, ILogger<ClientCertificateHandler> logger)
    : IAuthenticationHandler
{
    private HttpContext call = null!;

    public Task InitializeAsync(AuthenticationScheme scheme, HttpContext context)
    {
        call = context;
        return Task.CompletedTask;
    }

    public Task<AuthenticateResult> AuthenticateAsync() => Task.FromResult(Authenticate());

    public Task ChallengeAsync(AuthenticationProperties? properties)
    {
        var problem = Authenticate().Failure?.Message;
        return GrpcRefusal.WriteAsync(call, problem is null
            ? BankErrors.StatusOf(Reasons.CertificateRequired)
            : BankErrors.StatusOf(Reasons.CertificateRefused, metadata: [new("problem", problem)]));
    }

    public Task ForbidAsync(AuthenticationProperties? properties)
    {
        var roles = string.Join(", ", CallRule.RolesFor(call));
        LogForbidden(call.User.Identity?.Name, call.GetEndpoint()?.DisplayName, roles);
        return GrpcRefusal.WriteAsync(
            call, BankErrors.StatusOf(Reasons.RoleRequired, metadata: [new("roles", roles)]));
    }

    private AuthenticateResult Authenticate()
    {
        if (call.Connection.ClientCertificate is not { } certificate)
        {
            return AuthenticateResult.NoResult();
        }
        var caller = callers.Of(certificate);
        return caller.Problem is null
            ? AuthenticateResult.Success(new AuthenticationTicket(caller.Principal, Callers.Scheme))
            : AuthenticateResult.Fail(caller.Problem);
    }

    [LoggerMessage(EventId = 1031, Level = LogLevel.Warning,
        Message = "Refused {Caller} {Endpoint}, which needs one of the roles: {Roles}")]
    private partial void LogForbidden(string? caller, string? endpoint, string roles);
}
