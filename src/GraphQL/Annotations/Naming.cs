using System.Reflection;
using System.Text;

namespace EventPipeline.GraphQL.Annotations;

/// <summary>Names of the schema for names of C#.</summary>
internal static class Naming
{
    /// <summary>A field: <c>GetJobsAsync</c> is <c>jobs</c>.</summary>
    public static string OfField(MemberInfo member)
    {
        if (Given(member) is { } given)
            return given;
        var name = member.Name;
        if (member is MethodInfo)
        {
            if (name.EndsWith("Async", StringComparison.Ordinal) && name.Length > 5)
                name = name[..^5];
            if (name.StartsWith("Get", StringComparison.Ordinal) && name.Length > 3 && char.IsUpper(name[3]))
                name = name[3..];
        }
        return CamelCase(name);
    }

    /// <summary>An argument, or a field of an input.</summary>
    public static string OfParameter(ParameterInfo parameter) =>
        parameter.GetCustomAttribute<GraphQLNameAttribute>()?.Name ?? CamelCase(parameter.Name!);

    /// <summary>A type; an input ends with <c>Input</c>, because the same name may be an output too.</summary>
    public static string OfType(Type type, bool isInput = false)
    {
        if (Given(type) is { } given)
            return given;
        var name = type.Name;
        if (type.IsGenericType)
        {
            var arguments = string.Concat(type.GetGenericArguments().Select(one => OfType(one)));
            name = arguments + name[..name.IndexOf('`')];
        }
        else if (type.IsInterface && name.Length > 1 && name[0] == 'I' && char.IsUpper(name[1]))
        {
            name = name[1..];
        }
        return isInput && !name.EndsWith("Input", StringComparison.Ordinal) ? name + "Input" : name;
    }

    /// <summary>A value of an enum: <c>InProgress</c> is <c>IN_PROGRESS</c>.</summary>
    public static string OfValue(FieldInfo value)
    {
        if (Given(value) is { } given)
            return given;
        var name = value.Name;
        var result = new StringBuilder(name.Length + 4);
        for (var at = 0; at < name.Length; at++)
        {
            var beginsWord =
                at > 0
                && char.IsUpper(name[at])
                && (!char.IsUpper(name[at - 1]) || (at + 1 < name.Length && char.IsLower(name[at + 1])));
            if (beginsWord && name[at - 1] != '_')
                result.Append('_');
            result.Append(char.ToUpperInvariant(name[at]));
        }
        return result.ToString();
    }

    /// <summary>A member of C# as errors name it.</summary>
    public static string Describe(MemberInfo member) =>
        member is Type type ? DescribeType(type)
        : member.DeclaringType is { } declaring ? $"{DescribeType(declaring)}.{member.Name}"
        : member.Name;

    private static string DescribeType(Type type) =>
        type.DeclaringType is { } outer ? $"{DescribeType(outer)}.{type.Name}" : type.FullName ?? type.Name;

    private static string? Given(MemberInfo member) => member.GetCustomAttribute<GraphQLNameAttribute>()?.Name;

    /// <summary><c>ID</c> is <c>id</c>, <c>URLPath</c> is <c>urlPath</c>.</summary>
    private static string CamelCase(string name)
    {
        var capitals = name.TakeWhile(char.IsUpper).Count();
        var lowered =
            capitals <= 1 ? capitals
            : capitals == name.Length ? capitals
            : capitals - 1;
        return name[..lowered].ToLowerInvariant() + name[lowered..];
    }
}
