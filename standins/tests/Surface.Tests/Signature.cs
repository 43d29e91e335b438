using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace StandIns.Surface;

/// <summary>Members as C# declares them, with all names in full.</summary>
internal static class Signature
{
    private static readonly Dictionary<string, string> s_keywords = new(StringComparer.Ordinal)
    {
        ["System.Boolean"] = "bool",
        ["System.Byte"] = "byte",
        ["System.Char"] = "char",
        ["System.Decimal"] = "decimal",
        ["System.Double"] = "double",
        ["System.Int16"] = "short",
        ["System.Int32"] = "int",
        ["System.Int64"] = "long",
        ["System.Object"] = "object",
        ["System.Single"] = "float",
        ["System.String"] = "string",
        ["System.UInt16"] = "ushort",
        ["System.UInt32"] = "uint",
        ["System.UInt64"] = "ulong",
        ["System.Void"] = "void",
    };

    private static readonly NullabilityInfoContext s_nullability = new();

    /// <summary>Whether something has an attribute.</summary>
    public static bool Has<T>(MemberInfo member) =>
        member.GetCustomAttributesData().Any(one => one.AttributeType.FullName == typeof(T).FullName);

    /// <summary>A constructor.</summary>
    public static string Describe(string owner, ConstructorInfo constructor) =>
        $"{(constructor.DeclaringType!.IsAbstract ? "protected " : Heirs(constructor))}{owner}.new({Parameters(constructor)})";

    /// <summary>The signature of a method, without its name.</summary>
    public static string Of(MethodInfo method) =>
        $"({Parameters(method)}) -> {NameOf(s_nullability.Create(method.ReturnParameter), method.ReturnType)}";

    /// <summary>A method.</summary>
    public static string Describe(string owner, MethodInfo method) =>
        $"{Heirs(method)}{Shape(method)}{owner}.{method.Name}{TypeParameters(method)}{Of(method)}"
        + Constraints(method.GetGenericArguments());

    /// <summary>A property, with those of its accessors that can be used.</summary>
    public static string Describe(string owner, PropertyInfo property, IEnumerable<MethodInfo> accessors)
    {
        var all = accessors.ToList();
        var kinds = all.Select(accessor => Heirs(accessor)
            + (accessor == property.GetMethod ? "get;" : IsInit(accessor) ? "init;" : "set;"));
        var index = property.GetIndexParameters() is { Length: > 0 } indices ? $"[{string.Join(", ", indices.Select(Of))}]" : "";
        var required = Has<RequiredMemberAttribute>(property) ? "required " : "";
        return $"{required}{Shape(all[0])}{owner}.{property.Name}{index} {{ {string.Join(' ', kinds)} }}"
            + $" -> {NameOf(s_nullability.Create(property), property.PropertyType)}";
    }

    /// <summary>An event.</summary>
    public static string Describe(string owner, EventInfo @event) =>
        $"{Heirs(@event.AddMethod!)}{Shape(@event.AddMethod!)}event {owner}.{@event.Name} -> {NameOf(@event.EventHandlerType!)}";

    /// <summary>A field, a constant, a value of an enumeration.</summary>
    public static string Describe(string owner, FieldInfo field) => field.IsLiteral
        ? $"const {owner}.{field.Name} = {Literal(field.GetRawConstantValue())} -> {NameOf(field.FieldType)}"
        : $"{(field.IsPublic ? "" : "protected ")}{(field.IsStatic ? "static " : "")}{(field.IsInitOnly ? "readonly " : "")}"
            + $"{owner}.{field.Name} -> {NameOf(s_nullability.Create(field), field.FieldType)}";

    /// <summary>What the type arguments of a type must be.</summary>
    public static string Constraints(Type type) =>
        type.IsGenericTypeDefinition ? Constraints(type.GetGenericArguments()) : "";

    /// <summary>The full name of a type; a definition shows its type parameters.</summary>
    public static string NameOf(Type type)
    {
        if (type.IsGenericParameter)
        {
            return type.Name;
        }
        if (type.HasElementType)
        {
            return NameOf(type.GetElementType()!) + (type.IsArray ? "[]" : type.IsPointer ? "*" : "");
        }
        return Named(type, [.. type.GetGenericArguments().Select(NameOf)]);
    }

    private static string NameOf(NullabilityInfo info, Type type)
    {
        type = type.IsByRef ? type.GetElementType()! : type;
        var mayBeNull = info is { ReadState: NullabilityState.Nullable } or { WriteState: NullabilityState.Nullable };
        var mark = mayBeNull && !type.IsValueType ? "?" : "";
        if (type.IsGenericParameter)
        {
            // Whether that may be null depends on what it stands for, and metadata say it in more than one way.
            return type.Name;
        }
        if (type.IsArray)
        {
            return $"{NameOf(info.ElementType!, type.GetElementType()!)}[]{mark}";
        }
        var arguments = type.GetGenericArguments();
        var infos = info.GenericTypeArguments;
        return Named(type, infos.Length == arguments.Length
            ? [.. arguments.Zip(infos, (argument, nullability) => NameOf(nullability, argument))]
            : [.. arguments.Select(NameOf)]) + mark;
    }

    private static string Named(Type type, IReadOnlyList<string> arguments)
    {
        var definition = type.IsGenericType ? type.GetGenericTypeDefinition() : type;
        var name = definition.FullName!.Replace('+', '.');
        if (arguments.Count == 0)
        {
            return s_keywords.GetValueOrDefault(name, name);
        }
        if (name == "System.Nullable`1" && !type.IsGenericTypeDefinition)
        {
            return arguments[0] + "?";
        }
        return $"{string.Join('.', name.Split('.').Select(part => part.Split('`')[0]))}"
            + $"<{string.Join(", ", arguments)}>";
    }

    private static string Parameters(MethodBase method)
    {
        var isExtension = method is MethodInfo one && Has<ExtensionAttribute>(one);
        return (isExtension ? "this " : "") + string.Join(", ", method.GetParameters().Select(Of));
    }

    private static string Of(ParameterInfo parameter)
    {
        var passing = !parameter.ParameterType.IsByRef ? ""
            : parameter.IsOut ? "out " : parameter.IsIn ? "in " : "ref ";
        var isParams = parameter.GetCustomAttributesData().Any(one =>
            one.AttributeType.FullName is "System.ParamArrayAttribute" or "System.Runtime.CompilerServices.ParamCollectionAttribute");
        var otherwise = parameter.HasDefaultValue ? $" = {Default(parameter)}" : "";
        return $"{passing}{(isParams ? "params " : "")}"
            + $"{NameOf(s_nullability.Create(parameter), parameter.ParameterType)} {parameter.Name}{otherwise}";
    }

    private static string Default(ParameterInfo parameter) =>
        parameter.RawDefaultValue is { } value ? Literal(value)
        : parameter.ParameterType.IsValueType && !NameOf(parameter.ParameterType).EndsWith('?') ? "default"
        : "null";

    private static string Literal(object? value) => value switch
    {
        null => "null",
        string text => $"\"{text}\"",
        bool truth => truth ? "true" : "false",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static string Heirs(MethodBase method) => method.IsPublic ? "" : "protected ";

    private static string Shape(MethodInfo method) => method switch
    {
        { DeclaringType.IsInterface: true, IsStatic: false } => "",
        { IsStatic: true } => "static ",
        { IsAbstract: true } => "abstract ",
        { IsVirtual: true, IsFinal: false, DeclaringType.IsSealed: false } => "virtual ",
        _ => "",
    };

    private static bool IsInit(MethodInfo setter) => setter.ReturnParameter.GetRequiredCustomModifiers()
        .Any(modifier => modifier.FullName == typeof(IsExternalInit).FullName);

    private static string TypeParameters(MethodInfo method) => method.IsGenericMethodDefinition
        ? $"<{string.Join(", ", method.GetGenericArguments().Select(one => one.Name))}>"
        : "";

    private static string Constraints(IEnumerable<Type> parameters) => string.Concat(parameters
        .Select(parameter => (parameter.Name, Needs: string.Join(", ", Needs(parameter))))
        .Where(parameter => parameter.Needs.Length > 0)
        .Select(parameter => $" where {parameter.Name} : {parameter.Needs}"));

    private static IEnumerable<string> Needs(Type parameter)
    {
        var attributes = parameter.GenericParameterAttributes;
        if (attributes.HasFlag(GenericParameterAttributes.Covariant))
        {
            yield return "out";
        }
        if (attributes.HasFlag(GenericParameterAttributes.Contravariant))
        {
            yield return "in";
        }
        if (attributes.HasFlag(GenericParameterAttributes.ReferenceTypeConstraint))
        {
            yield return "class";
        }
        var isStruct = attributes.HasFlag(GenericParameterAttributes.NotNullableValueTypeConstraint);
        if (isStruct)
        {
            yield return "struct";
        }
        foreach (var type in parameter.GetGenericParameterConstraints().Where(type => type.FullName != "System.ValueType"))
        {
            yield return NameOf(type);
        }
        if (attributes.HasFlag(GenericParameterAttributes.DefaultConstructorConstraint) && !isStruct)
        {
            yield return "new()";
        }
    }
}
