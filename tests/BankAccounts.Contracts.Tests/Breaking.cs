using Google.Protobuf.Reflection;

namespace BankAccounts.Contracts.Tests;

/// <summary>
/// What of a later set of contracts would break callers or stored records of an earlier one: the rules of buf's
/// categories WIRE_JSON and FILE as far as proto3 has them (https://buf.build/docs/breaking/rules). What was removed
/// must be reserved; nothing else may be removed, renamed or given another type.
/// </summary>
internal static class Breaking
{
    /// <summary>What breaks, one line each; none if nothing does.</summary>
    public static IEnumerable<string> Between(FileDescriptorSet before, FileDescriptorSet after)
    {
        var files = after.Own().ToDictionary(file => file.Name);
        return before.Own().SelectMany(file => files.TryGetValue(file.Name, out var now)
            ? Of(file, now)
            : [$"{file.Name} is gone"]);
    }

    private static IEnumerable<string> Of(FileDescriptorProto before, FileDescriptorProto after)
    {
        if (before.Package != after.Package || before.Options.CsharpNamespace != after.Options.CsharpNamespace)
        {
            yield return $"{before.Name} has another package or namespace";
        }
        foreach (var problem in Messages(before.Package, before.MessageType, after.MessageType)
            .Concat(Pairs(before.EnumType, after.EnumType, type => type.Name, $"{before.Package} enum", Of))
            .Concat(Pairs(before.Service, after.Service, service => service.Name, $"{before.Package} service", Of)))
        {
            yield return problem;
        }
    }

    private static IEnumerable<string> Messages(
        string scope, IEnumerable<DescriptorProto> before, IEnumerable<DescriptorProto> after) =>
        Pairs(before, after, message => message.Name, $"{scope} message", Of);

    private static IEnumerable<string> Of(DescriptorProto before, DescriptorProto after)
    {
        foreach (var field in before.Field)
        {
            var now = after.Field.SingleOrDefault(other => other.Number == field.Number);
            if (now is null)
            {
                var isReserved = after.ReservedName.Contains(field.Name)
                    && after.ReservedRange.Any(range => range.Start <= field.Number && field.Number < range.End);
                if (!isReserved)
                {
                    yield return $"{before.Name}.{field.Name} is gone, and its number or name is not reserved";
                }
            }
            else if (Shape(before, field) != Shape(after, now))
            {
                yield return $"{before.Name}.{field.Name} was {Shape(before, field)} and is {Shape(after, now)}";
            }
        }
        foreach (var problem in Messages(before.Name, before.NestedType, after.NestedType)
            .Concat(Pairs(before.EnumType, after.EnumType, type => type.Name, $"{before.Name} enum", Of)))
        {
            yield return problem;
        }
    }

    private static IEnumerable<string> Of(EnumDescriptorProto before, EnumDescriptorProto after) =>
        from value in before.Value
        let now = after.Value.SingleOrDefault(other => other.Number == value.Number)
        where now?.Name != value.Name
        select $"{before.Name}.{value.Name} is {now?.Name ?? "gone"}";

    private static IEnumerable<string> Of(ServiceDescriptorProto before, ServiceDescriptorProto after) =>
        Pairs(before.Method, after.Method, method => method.Name, $"{before.Name} method", (method, now) =>
            Shape(method) == Shape(now) ? [] : [$"{before.Name}.{method.Name} was {Shape(method)} and is {Shape(now)}"]);

    private static string Shape(DescriptorProto message, FieldDescriptorProto field) =>
        $"{field.Label} {field.Type} {field.TypeName} {field.Name} json={field.JsonName} optional={field.Proto3Optional}"
        + $" oneof={(field.HasOneofIndex ? message.OneofDecl[field.OneofIndex].Name : "none")}";

    private static string Shape(MethodDescriptorProto method) =>
        $"({(method.ClientStreaming ? "stream " : "")}{method.InputType})"
        + $" returns ({(method.ServerStreaming ? "stream " : "")}{method.OutputType})";

    private static IEnumerable<string> Pairs<T>(
        IEnumerable<T> before,
        IEnumerable<T> after,
        Func<T, string> name,
        string what,
        Func<T, T, IEnumerable<string>> compare)
    {
        var now = after.ToDictionary(name);
        return before.SelectMany(one => now.TryGetValue(name(one), out var other)
            ? compare(one, other)
            : [$"{what} {name(one)} is gone"]);
    }
}
