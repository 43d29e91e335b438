using Microsoft.AspNetCore.Http;

namespace BankAccounts.ServiceDefaults.Overload;

/// <summary>Among whom room is shared.</summary>
public static class CallerExtensions
{
    /// <summary>
    /// The caller's name: the subject of its certificate, through whatever connections it comes; where callers are not
    /// asked for one, its connection.
    /// </summary>
    public static string CallerName(this HttpContext call) =>
        call.User.Identity is { IsAuthenticated: true, Name: { } subject } ? subject : call.Connection.Id;
}
