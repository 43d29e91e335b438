using System.Security.Authentication;
using BankAccounts.ServiceDefaults.Security;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.Hosting;

/// <summary>Who may come in.</summary>
public static class SecurityExtensions
{
    /// <summary>
    /// Adds what <see cref="SecurityOptions"/> says: where the service may listen, and, with a file of authorities, who
    /// may call what. Without one, nothing of it stands in the way of a call.
    /// </summary>
    public static void AddBankSecurity(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<SecurityOptions>().BindConfiguration(SecurityOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<SecurityOptions>, SecurityOptionsValidation>();
        services.AddHostedService<ListeningGuard>();
        if (!builder.Configuration.ReadSecurity().AsksCallers)
        {
            return;
        }

        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<Callers>();
        services.Configure<KestrelServerOptions>(kestrel => kestrel.ConfigureHttpsDefaults(AskForCertificates));
        services.AddAuthenticationCore(options =>
        {
            options.AddScheme<ClientCertificateHandler>(Callers.Scheme, displayName: null);
            options.DefaultScheme = Callers.Scheme;
        });
        services.AddAuthorization(options => options.FallbackPolicy =
            new AuthorizationPolicyBuilder().AddRequirements(new CallRule()).Build());
    }

    internal static SecurityOptions ReadSecurity(this IConfiguration configuration) =>
        configuration.GetSection(SecurityOptions.Section).Get<SecurityOptions>() ?? new SecurityOptions();

    /// <summary>
    /// The handshake proves that a client has its certificate's key, and takes every certificate or none: so whoever is
    /// refused learns why, by the status of his call.
    /// </summary>
    private static void AskForCertificates(HttpsConnectionAdapterOptions https)
    {
        https.SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13;
        https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
        https.AllowAnyClientCertificate();
    }
}
