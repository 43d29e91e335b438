using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Aspire.Dashboard.Web;

/// <summary>
/// Who may use the page: whoever opened the address with the token, which is only in the host's log. And only the
/// page itself: another page in the same browser can neither read anything here nor give a command.
/// </summary>
internal sealed class Guard(string? browserToken)
{
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private readonly Secret? _token = browserToken is null ? null : new Secret(browserToken);

    /// <summary>What the cookie carries: it ends with the host, and does not tell the token.</summary>
    private readonly string _session = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

    internal void Protect(WebApplication app)
    {
        var session = new Secret(_session);
        app.Use(async (context, next) =>
        {
            Harden(context.Response.Headers);
            if (!IsLoopbackHost(context.Request.Host))
            {
                await RefuseAsync(context, StatusCodes.Status400BadRequest, "This is not the dashboard's host name.")
                    .ConfigureAwait(false);
            }
            else if (context.Request.Path == "/login")
            {
                await LogInAsync(context).ConfigureAwait(false);
            }
            else if (_token is not null
                && !session.IsEqualTo(context.Request.Cookies[CookieName(context)] ?? string.Empty))
            {
                await RefuseAsync(
                    context, StatusCodes.Status401Unauthorized,
                    "Open the dashboard by the address with the token that the AppHost has printed.")
                    .ConfigureAwait(false);
            }
            else if (!HttpMethods.IsGet(context.Request.Method) && !IsFromThisPage(context.Request))
            {
                await RefuseAsync(context, StatusCodes.Status403Forbidden, "Only the dashboard's own page may do this.")
                    .ConfigureAwait(false);
            }
            else
            {
                await next(context).ConfigureAwait(false);
            }
        });
    }

    /// <summary>
    /// A name that leads to this machine only. Another one may have been led here by its owner, so that a page of
    /// the owner's would count as this one.
    /// </summary>
    private static bool IsLoopbackHost(HostString host)
        => host.Host is "localhost" or "127.0.0.1" or "[::1]";

    /// <summary>Browsers say the origin of every request that is no GET, and no page can make them lie.</summary>
    private static bool IsFromThisPage(HttpRequest request)
        => request.Headers.Origin.ToString() == $"{request.Scheme}://{request.Host}" && request.HasJsonContentType();

    private async Task LogInAsync(HttpContext context)
    {
        if (_token?.IsEqualTo(context.Request.Query["t"].ToString()) == false)
        {
            await RefuseAsync(context, StatusCodes.Status401Unauthorized, "This token is not the one of this run.")
                .ConfigureAwait(false);
            return;
        }
        context.Response.Cookies.Append(CookieName(context), _session, new CookieOptions
        {
            HttpOnly = true,
            SameSite = SameSiteMode.Lax,
            Path = "/",
        });
        context.Response.Redirect("/");
    }

    /// <summary>Cookies know no ports: the dashboards of two banks on one machine must not share one.</summary>
    private static string CookieName(HttpContext context) => $"aspire-dashboard-{context.Request.Host.Port}";

    private static void Harden(IHeaderDictionary headers)
    {
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers.CacheControl = "no-store";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
    }

    private static Task RefuseAsync(HttpContext context, int status, string why)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(why + "\n");
    }
}
