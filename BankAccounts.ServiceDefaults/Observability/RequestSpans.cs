using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;

namespace BankAccounts.ServiceDefaults.Observability;

/// <summary>
/// Completes the spans that ASP.NET Core starts: it knows neither the route nor the outcome when it
/// does. Names and attributes are those of OpenTelemetry's conventions for HTTP and RPC servers.
/// </summary>
internal sealed class RequestSpans : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use(Complete);
        next(app);
    };

    private static async Task Complete(HttpContext context, RequestDelegate next)
    {
        if (context.Features.Get<IHttpActivityFeature>()?.Activity is not
            { IsAllDataRequested: true } span)
        {
            await next(context);
            return;
        }

        try
        {
            await next(context);
            DescribeOutcome(span, context.Response.StatusCode);
        }
        catch (Exception error)
        {
            Fail(span, error.GetType().FullName!);
            throw;
        }
        finally
        {
            DescribeRequest(span, context);
        }
    }

    private static void DescribeRequest(Activity span, HttpContext context)
    {
        if (span.GetTagItem("grpc.method") is string method)
        {
            span.DisplayName = method.TrimStart('/');
            span.SetTag("rpc.system", "grpc");
            return;
        }

        var route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText;
        span.DisplayName = route is null
            ? context.Request.Method
            : $"{context.Request.Method} {route}";
        span.SetTag("http.route", route);
    }

    private static void DescribeOutcome(Activity span, int httpStatus)
    {
        span.SetTag("http.response.status_code", httpStatus);
        if (httpStatus >= StatusCodes.Status500InternalServerError)
        {
            Fail(span, httpStatus.ToString(CultureInfo.InvariantCulture));
        }

        if (span.GetTagItem("grpc.status_code") is string text
            && int.TryParse(text, CultureInfo.InvariantCulture, out var status))
        {
            span.SetTag("rpc.grpc.status_code", status);
            if (GrpcFaults.IsOfServer(status))
            {
                Fail(span, text);
            }
        }
    }

    private static void Fail(Activity span, string type)
    {
        span.SetStatus(ActivityStatusCode.Error);
        span.SetTag("error.type", type);
    }
}
