using System.Reflection;
using System.Text;
using System.Xml.Linq;

namespace EventPipeline.GraphQL.Annotations;

/// <summary>Descriptions from the XML documentation that the compiler writes beside an assembly. Where there is none, nothing is
/// described.</summary>
internal sealed class XmlComments
{
    private readonly Dictionary<Assembly, Dictionary<string, XElement>> files = [];

    public string? Of(Type type) =>
        Attribute(type) ?? Text(Find(type.Assembly, "T:" + NameOf(type))?.Element("summary"));

    public string? Of(PropertyInfo property)
    {
        var type = property.DeclaringType!;
        return Attribute(property)
            ?? Text(Find(type.Assembly, $"P:{NameOf(type)}.{property.Name}")?.Element("summary"))
            // Properties of positional records are described with the record.
            ?? Parameter(Find(type.Assembly, "T:" + NameOf(type)), property.Name);
    }

    public string? Of(FieldInfo field) =>
        Attribute(field)
        ?? Text(
            Find(field.DeclaringType!.Assembly, $"F:{NameOf(field.DeclaringType)}.{field.Name}")?.Element("summary")
        );

    public string? Of(MethodInfo method) => Attribute(method) ?? Text(FindMethod(method)?.Element("summary"));

    public string? Of(ParameterInfo parameter)
    {
        if (parameter.GetCustomAttribute<GraphQLDescriptionAttribute>() is { } given)
            return given.Description;
        if (parameter.Member is MethodInfo method)
            return Parameter(FindMethod(method), parameter.Name!);
        var type = parameter.Member.DeclaringType!;
        return Parameter(Find(type.Assembly, "T:" + NameOf(type)), parameter.Name!);
    }

    private static string? Attribute(MemberInfo member) =>
        member.GetCustomAttribute<GraphQLDescriptionAttribute>()?.Description;

    private static string NameOf(Type type) =>
        ((type.IsGenericType ? type.GetGenericTypeDefinition() : type).FullName ?? type.Name).Replace('+', '.');

    private static string? Parameter(XElement? member, string name) =>
        Text(member?.Elements("param").FirstOrDefault(param => (string?)param.Attribute("name") == name));

    /// <summary>Fields are not overloaded, so the parameters need not be compared.</summary>
    private XElement? FindMethod(MethodInfo method)
    {
        var name = $"M:{NameOf(method.DeclaringType!)}.{method.Name}";
        return Find(method.DeclaringType!.Assembly, name)
            ?? Members(method.DeclaringType.Assembly)
                .FirstOrDefault(pair => pair.Key.StartsWith(name + "(", StringComparison.Ordinal))
                .Value;
    }

    private XElement? Find(Assembly assembly, string name) => Members(assembly).GetValueOrDefault(name);

    private Dictionary<string, XElement> Members(Assembly assembly)
    {
        if (files.TryGetValue(assembly, out var known))
            return known;
        var path = Path.ChangeExtension(assembly.Location, ".xml");
        var members = new Dictionary<string, XElement>(StringComparer.Ordinal);
        if (File.Exists(path))
        {
            foreach (var member in XDocument.Load(path).Descendants("member"))
                members[(string?)member.Attribute("name") ?? ""] = member;
        }
        return files[assembly] = members;
    }

    private static string? Text(XElement? element)
    {
        if (element is null)
            return null;
        var text = new StringBuilder();
        Append(text, element);
        var words = text.ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return words.Length == 0 ? null : string.Join(' ', words);
    }

    private static void Append(StringBuilder text, XElement element)
    {
        foreach (var node in element.Nodes())
        {
            switch (node)
            {
                case XText words:
                    text.Append(words.Value);
                    break;
                case XElement { IsEmpty: true } reference:
                    var name = (string?)reference.Attribute("cref") ?? (string?)reference.Attribute("langword");
                    text.Append(name?.Split(['.', ':'])[^1] ?? (string?)reference.Attribute("name"));
                    break;
                case XElement { Name.LocalName: "c" } code:
                    text.Append('`').Append(code.Value).Append('`');
                    break;
                case XElement inner:
                    Append(text, inner);
                    text.Append(' ');
                    break;
            }
        }
    }
}
