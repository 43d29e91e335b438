using System.Text.RegularExpressions;
using Google.Protobuf.Reflection;

namespace BankAccounts.Contracts.Tests;

/// <summary>
/// The rules of buf's category STANDARD (https://buf.build/docs/lint/rules), and a comment on everything of the
/// API. What is stored and what is logged has the same rules, but for comments on enum values whose names say all.
/// </summary>
public sealed partial class TidyContractTests
{
    private const string Api = "bankaccounts.v1";

    private static readonly List<FileDescriptorProto> Files = [.. Contracts.Current.Own()];

    private static readonly List<Element> Elements = [.. Files.SelectMany(Element.Of)];

    [Fact]
    public void There_is_something_to_look_at()
    {
        Assert.True(Files.Count >= 6, $"{Files.Count} files");
        Assert.Equal(3, Elements.Count(element => element.Kind == "service"));
        Assert.True(Elements.Count > 300, $"{Elements.Count} elements");
        Assert.Contains(Elements, element => element.Comment.StartsWith("Takes commands", StringComparison.Ordinal));
    }

    /// <summary>PACKAGE_DEFINED, PACKAGE_DIRECTORY_MATCH, DIRECTORY_SAME_PACKAGE, PACKAGE_LOWER_SNAKE_CASE, PACKAGE_VERSION_SUFFIX, FILE_LOWER_SNAKE_CASE.</summary>
    [Fact]
    public void Files_stand_in_the_folder_of_their_package_which_ends_in_a_version() => NoneIs(
        from file in Files
        where file.Package.Replace('.', '/') != Path.GetDirectoryName(file.Name)
            || !VersionedPackage().IsMatch(file.Package)
            || !LowerSnake().IsMatch(Path.GetFileNameWithoutExtension(file.Name))
            || file.Syntax != "proto3"
        select file.Name);

    /// <summary>PACKAGE_SAME_CSHARP_NAMESPACE, IMPORT_NO_PUBLIC, IMPORT_NO_WEAK.</summary>
    [Fact]
    public void A_package_has_one_namespace_and_imports_nothing_for_others() => NoneIs(
        from package in Files.GroupBy(file => file.Package)
        where package.Select(file => file.Options.CsharpNamespace).Distinct().Count() != 1
            || package.Any(file => file.PublicDependency.Count + file.WeakDependency.Count > 0)
        select package.Key);

    /// <summary>IMPORT_USED.</summary>
    [Fact]
    public void Every_import_is_used() => NoneIs(
        from file in Files
        from import in file.Dependency
        let types = Contracts.Current.File.Single(other => other.Name == import) is var imported
            ? imported.MessageType.Select(type => $".{imported.Package}.{type.Name}")
                .Concat(imported.EnumType.Select(type => $".{imported.Package}.{type.Name}")).ToHashSet()
            : []
        where !TypesUsedBy(file).Any(types.Contains)
        select $"{file.Name} imports {import}");

    /// <summary>ENUM_PASCAL_CASE, ENUM_VALUE_PREFIX, ENUM_VALUE_UPPER_SNAKE_CASE, ENUM_ZERO_VALUE_SUFFIX, ENUM_NO_ALLOW_ALIAS, ENUM_FIRST_VALUE_ZERO.</summary>
    [Fact]
    public void Enum_values_have_their_types_prefix_and_0_is_unspecified() => NoneIs(
        from file in Files
        from type in file.EnumType
        let prefix = Words().Replace(type.Name, "$1_$2").ToUpperInvariant() + "_"
        where !Pascal().IsMatch(type.Name)
            || type.Value[0].Number != 0 || type.Value[0].Name != prefix + "UNSPECIFIED"
            || type.Options?.AllowAlias == true
            || type.Value.Any(value =>
                !value.Name.StartsWith(prefix, StringComparison.Ordinal) || !UpperSnake().IsMatch(value.Name))
        select type.Name);

    /// <summary>MESSAGE_PASCAL_CASE, FIELD_LOWER_SNAKE_CASE, ONEOF_LOWER_SNAKE_CASE, FIELD_NOT_REQUIRED.</summary>
    [Fact]
    public void Messages_are_in_pascal_case_and_their_fields_in_lower_snake_case() => NoneIs(
        from element in Elements
        let name = element.Name.Split('.')[^1]
        where element.Kind switch
        {
            "message" or "enum" or "service" or "method" => !Pascal().IsMatch(name),
            "field" or "oneof" => !LowerSnake().IsMatch(name),
            _ => false,
        }
        select $"{element.Kind} {element.Name}");

    /// <summary>SERVICE_SUFFIX, RPC_REQUEST_STANDARD_NAME, RPC_RESPONSE_STANDARD_NAME, RPC_REQUEST_RESPONSE_UNIQUE.</summary>
    [Fact]
    public void Services_end_in_Service_and_every_method_has_messages_of_its_own()
    {
        var methods = Files.SelectMany(file => file.Service).SelectMany(service => service.Method).ToList();
        NoneIs(Files.SelectMany(file => file.Service).Select(service => service.Name)
            .Where(name => !name.EndsWith("Service", StringComparison.Ordinal)));
        NoneIs(methods
            .Where(method => method.InputType != $".{Api}.{method.Name}Request"
                || method.OutputType != $".{Api}.{method.Name}Response")
            .Select(method => method.Name));
        Assert.Equal(methods.Count, methods.Select(method => method.InputType).Distinct().Count());
    }

    /// <summary>The category COMMENTS.</summary>
    [Fact]
    public void Everything_of_the_API_has_a_comment() => NoneIs(
        from element in Elements
        where element.File.Package == Api && element.Comment.Length == 0
        select $"{element.Kind} {element.Name}");

    [Fact]
    public void What_is_stored_and_logged_has_a_comment_on_every_message()
    {
        NoneIs(
            from element in Elements
            where element.Kind is "message" or "enum" && element.Comment.Length == 0
            select element.Name);
    }

    private static IEnumerable<string> TypesUsedBy(FileDescriptorProto file) =>
        file.MessageType.SelectMany(FieldsOf).Select(field => field.TypeName)
            .Concat(file.Service.SelectMany(service => service.Method)
                .SelectMany(method => new[] { method.InputType, method.OutputType }));

    private static IEnumerable<FieldDescriptorProto> FieldsOf(DescriptorProto message) =>
        message.Field.Concat(message.NestedType.SelectMany(FieldsOf));

    private static void NoneIs(IEnumerable<string> offenders) => Assert.Empty(offenders);

    [GeneratedRegex(@"^[a-z][a-z0-9]*(\.[a-z][a-z0-9_]*)*\.v[1-9][0-9]*$")]
    private static partial Regex VersionedPackage();

    [GeneratedRegex("^[a-z][a-z0-9]*(_[a-z0-9]+)*$")]
    private static partial Regex LowerSnake();

    [GeneratedRegex("^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$")]
    private static partial Regex UpperSnake();

    [GeneratedRegex("^[A-Z][A-Za-z0-9]*$")]
    private static partial Regex Pascal();

    [GeneratedRegex("([a-z0-9])([A-Z])")]
    private static partial Regex Words();
}
