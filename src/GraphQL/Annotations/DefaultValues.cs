using System.Globalization;
using System.Reflection;
using EventPipeline.GraphQL.Language;

namespace EventPipeline.GraphQL.Annotations;

/// <summary>Default values of C# parameters as literals of the schema.</summary>
internal static class DefaultValues
{
    /// <summary>The default of a parameter; null if it has none, or if it is null: then not giving it says the same.</summary>
    public static ValueNode? Of(ParameterInfo parameter)
    {
        if (!parameter.HasDefaultValue || parameter.DefaultValue is not { } value)
            return null;
        var type = Nullable.GetUnderlyingType(parameter.ParameterType) ?? parameter.ParameterType;
        // The metadata of enums has their numbers.
        return Literal(type.IsEnum ? Enum.ToObject(type, value) : value)
            ?? throw new AnnotationException(
                parameter,
                $"has a default value that cannot be written in GraphQL: {value}."
            );
    }

    private static ValueNode? Literal(object value) =>
        value switch
        {
            string text => new StringValueNode(text),
            bool truth => new BooleanValueNode(truth),
            Enum member => member.GetType().GetField(member.ToString()) is { } field
                ? new EnumValueNode(Naming.OfValue(field))
                : null,
            sbyte or byte or short or ushort or int or uint or long or ulong => new IntValueNode(
                Convert.ToString(value, CultureInfo.InvariantCulture)!
            ),
            float or double or decimal => new FloatValueNode(
                Values.JavaScriptNumber.Print(Convert.ToDouble(value, CultureInfo.InvariantCulture))
            ),
            _ => null,
        };
}
