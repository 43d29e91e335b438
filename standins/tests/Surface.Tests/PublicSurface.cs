using System.Reflection;
using System.Runtime.CompilerServices;

namespace StandIns.Surface;

/// <summary>
/// What an assembly offers to those who compile against it, as lines of text: one for each type, each of its bases
/// and interfaces, and each member. What overrides something is listed where that is declared.
/// </summary>
/// <remarks>It only reads metadata, so that it can look at assemblies that cannot be loaded here.</remarks>
public static class PublicSurface
{
    private const BindingFlags Declared = BindingFlags.DeclaredOnly | BindingFlags.Public | BindingFlags.NonPublic
        | BindingFlags.Instance | BindingFlags.Static;

    /// <summary>The lines of an assembly, in ordinal order.</summary>
    public static IReadOnlyList<string> Of(Assembly assembly) =>
        [.. assembly.GetTypes().Where(IsVisible).SelectMany(Of).Order(StringComparer.Ordinal)];

    private static IEnumerable<string> Of(Type type)
    {
        var name = Signature.NameOf(type);
        if (IsDelegate(type))
        {
            yield return $"delegate {name}{Signature.Of(type.GetMethod("Invoke")!)}{Signature.Constraints(type)}";
            yield break;
        }
        yield return $"{KindOf(type)} {name}{Signature.Constraints(type)}";
        foreach (var above in Above(type))
        {
            yield return $"{name} : {Signature.NameOf(above)}";
        }
        foreach (var member in type.GetMembers(Declared))
        {
            if (Of(name, member) is { } line)
            {
                yield return line;
            }
        }
    }

    private static string? Of(string owner, MemberInfo member) => member switch
    {
        ConstructorInfo { IsStatic: false } constructor when IsVisible(constructor) =>
            Signature.Describe(owner, constructor),
        MethodInfo method when IsNew(method) && (!method.IsSpecialName || IsOperator(method)) =>
            Signature.Describe(owner, method),
        PropertyInfo property when Accessors(property).Any(IsNew) =>
            Signature.Describe(owner, property, Accessors(property).Where(IsVisible)),
        EventInfo { AddMethod: { } add } @event when IsNew(add) => Signature.Describe(owner, @event),
        FieldInfo { IsSpecialName: false } field when IsVisible(field) => Signature.Describe(owner, field),
        _ => null,
    };

    /// <summary>The class above and all interfaces, as far as they are public.</summary>
    private static IEnumerable<Type> Above(Type type) =>
        type.GetInterfaces()
            .Concat(type is { IsClass: true, BaseType: { } above } && above.FullName != "System.Object" ? [above] : [])
            .Where(one => !type.IsEnum && IsVisible(one));

    private static IEnumerable<MethodInfo> Accessors(PropertyInfo property) =>
        new[] { property.GetMethod, property.SetMethod }.OfType<MethodInfo>();

    private static bool IsNew(MethodInfo method) =>
        IsVisible(method) && (!method.IsVirtual || method.Attributes.HasFlag(MethodAttributes.NewSlot));

    private static bool IsOperator(MethodInfo method) => method.Name.StartsWith("op_", StringComparison.Ordinal);

    private static bool IsVisible(Type type) => type.IsGenericType && !type.IsGenericTypeDefinition
        ? IsVisible(type.GetGenericTypeDefinition())
        : type.IsNested
            ? (type.IsNestedPublic || IsForHeirs(type.IsNestedFamily || type.IsNestedFamORAssem, type.DeclaringType!))
                && IsVisible(type.DeclaringType!)
            : type.IsPublic;

    private static bool IsVisible(MethodBase method) => method.IsPublic
        || IsForHeirs(method.IsFamily || method.IsFamilyOrAssembly, method.DeclaringType!);

    private static bool IsVisible(FieldInfo field) => field.IsPublic
        || IsForHeirs(field.IsFamily || field.IsFamilyOrAssembly, field.DeclaringType!);

    private static bool IsForHeirs(bool isProtected, Type type) => isProtected && !type.IsSealed;

    private static bool IsDelegate(Type type) => type.BaseType?.FullName == "System.MulticastDelegate";

    private static string KindOf(Type type) => type switch
    {
        { IsInterface: true } => "interface",
        { IsEnum: true } => "enum",
        { IsValueType: true } => (Signature.Has<IsReadOnlyAttribute>(type) ? "readonly " : "")
            + (type.IsByRefLike ? "ref struct" : "struct"),
        { IsAbstract: true, IsSealed: true } => "static class",
        { IsAbstract: true } => "abstract class",
        { IsSealed: true } => "sealed class",
        _ => "class",
    };
}
