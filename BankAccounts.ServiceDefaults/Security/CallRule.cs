using Grpc.AspNetCore.Server;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;

namespace BankAccounts.ServiceDefaults.Security;

/// <summary>The one requirement of every request: its caller has a role that <see cref="CallRules"/> names.</summary>
internal sealed class CallRule : AuthorizationHandler<CallRule>, IAuthorizationRequirement
{
    /// <summary>The roles of which a caller of this needs one; none if nobody may.</summary>
    public static string[] RolesFor(HttpContext call) =>
        call.GetEndpoint()?.Metadata.GetMetadata<GrpcMethodMetadata>() is { } called
            ? CallRules.All.GetValueOrDefault(called.Method.FullName, [])
            : [];

    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, CallRule requirement)
    {
        if (context.Resource is HttpContext call && Array.Exists(RolesFor(call), context.User.IsInRole))
        {
            context.Succeed(requirement);
        }
        return Task.CompletedTask;
    }
}
