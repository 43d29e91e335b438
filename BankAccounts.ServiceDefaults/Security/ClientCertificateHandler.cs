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

    public Task<AuthenticateResult> AuthenticateAsync() => Task.FromResult(
        call.Connection.ClientCertificate is not { } certificate ? AuthenticateResult.NoResult()
        : callers.Of(certificate) is { Problem: { } problem } ? AuthenticateResult.Fail(problem)
        : AuthenticateResult.Success(new AuthenticationTicket(callers.Of(certificate).Principal, Callers.Scheme)));

    public async Task ChallengeAsync(AuthenticationProperties? properties)
    {
        var problem = (await AuthenticateAsync()).Failure?.Message;
        await GrpcRefusal.WriteAsync(call, problem is null
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

    [LoggerMessage(EventId = 1031, Level = LogLevel.Warning,
        Message = "Refused {Caller} {Endpoint}, which needs one of the roles: {Roles}")]
    private partial void LogForbidden(string? caller, string? endpoint, string roles);
}
