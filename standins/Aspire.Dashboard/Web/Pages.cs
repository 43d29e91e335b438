using System.Net;
using System.Reflection;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Aspire.Dashboard.Web;

/// <summary>The page and what it is made of, out of this assembly.</summary>
internal static class Pages
{
    internal static void Map(WebApplication app, string applicationName)
    {
        var assembly = Assembly.GetExecutingAssembly();
        foreach (var file in assembly.GetManifestResourceNames())
        {
            var content = Read(assembly, file);
            if (file == "index.html")
            {
                var page = Encoding.UTF8.GetString(content)
                    .Replace("{application}", WebUtility.HtmlEncode(applicationName), StringComparison.Ordinal);
                app.MapGet("/", () => Results.Text(page, TypeOf(file)));
            }
            else
            {
                app.MapGet($"/{file}", () => Results.Bytes(content, TypeOf(file)));
            }
        }
    }

    private static byte[] Read(Assembly assembly, string file)
    {
        using var stream = assembly.GetManifestResourceStream(file)!;
        using var content = new MemoryStream();
        stream.CopyTo(content);
        return content.ToArray();
    }

    private static string TypeOf(string file)
        => Path.GetExtension(file) switch
        {
            ".html" => "text/html; charset=utf-8",
            ".css" => "text/css; charset=utf-8",
            ".js" => "text/javascript; charset=utf-8",
            ".svg" => "image/svg+xml",
            var other => throw new InvalidOperationException($"Files of type {other} are not served."),
        };
}
