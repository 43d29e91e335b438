using Google.Protobuf.Reflection;

namespace BankAccounts.Contracts.Tests;

/// <summary>
/// Something of a file that a comment can be about: where it stands by descriptor.proto's paths, and what it
/// is called.
/// </summary>
internal sealed record Element(FileDescriptorProto File, string Kind, string Name, params int[] Path)
{
    private const int MessageType = 4, EnumType = 5, Service = 6;
    private const int Field = 2, NestedType = 3, NestedEnum = 4, Oneof = 8, EnumValue = 2, Method = 2;

    /// <summary>What the comment before it says; empty if there is none.</summary>
    public string Comment => File.SourceCodeInfo.Location
        .Where(location => location.Path.SequenceEqual(Path))
        .Select(location => location.LeadingComments.Trim())
        .DefaultIfEmpty(string.Empty)
        .First();

    /// <summary>All of a file.</summary>
    public static IEnumerable<Element> Of(FileDescriptorProto file)
    {
        var package = file.Package;
        return file.MessageType.SelectMany((message, i) => Of(file, message, $"{package}.{message.Name}", [MessageType, i]))
            .Concat(file.EnumType.SelectMany((type, i) => Of(file, type, $"{package}.{type.Name}", [EnumType, i])))
            .Concat(file.Service.SelectMany((service, i) => service.Method
                .Select((method, j) => new Element(
                    file, "method", $"{package}.{service.Name}.{method.Name}", Service, i, Method, j))
                .Prepend(new Element(file, "service", $"{package}.{service.Name}", Service, i))));
    }

    private static IEnumerable<Element> Of(FileDescriptorProto file, DescriptorProto message, string name, int[] path) =>
        message.Field
            .Select((field, i) => new Element(file, "field", $"{name}.{field.Name}", [.. path, Field, i]))
            .Concat(message.OneofDecl
                .Where((_, i) => !IsOfAnOptionalField(message, i))
                .Select(oneof => new Element(
                    file, "oneof", $"{name}.{oneof.Name}", [.. path, Oneof, message.OneofDecl.IndexOf(oneof)])))
            .Concat(message.NestedType.SelectMany(
                (nested, i) => Of(file, nested, $"{name}.{nested.Name}", [.. path, NestedType, i])))
            .Concat(message.EnumType.SelectMany(
                (nested, i) => Of(file, nested, $"{name}.{nested.Name}", [.. path, NestedEnum, i])))
            .Prepend(new Element(file, "message", name, path));

    private static IEnumerable<Element> Of(FileDescriptorProto file, EnumDescriptorProto type, string name, int[] path) =>
        type.Value
            .Select((value, i) => new Element(file, "value", $"{name}.{value.Name}", [.. path, EnumValue, i]))
            .Prepend(new Element(file, "enum", name, path));

    /// <summary>protoc writes a oneof for each optional field.</summary>
    private static bool IsOfAnOptionalField(DescriptorProto message, int oneof) =>
        message.Field.Any(field => field.Proto3Optional && field.HasOneofIndex && field.OneofIndex == oneof);
}
