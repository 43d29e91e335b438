using Aspire.Dashboard.Web;
using Microsoft.AspNetCore.Http;

namespace Aspire.Dashboard.Otlp;

/// <summary>
/// Turns away telemetry without the key: any process of the machine reaches the port, and only those that the
/// AppHost started know the key.
/// </summary>
internal sealed class ApiKeyCheck(string apiKey)
{
    internal const string Header = "x-otlp-api-key";

    private readonly Secret _key = new(apiKey);

    internal Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (_key.IsEqualTo(context.Request.Headers[Header].ToString()))
        {
            return next(context);
        }
        context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        return Task.CompletedTask;
    }
}
