using System.Reflection;

namespace EventPipeline.GraphQL.Annotations;

/// <summary>A member of C# cannot be a part of a schema; the message names it and says why.</summary>
public sealed class AnnotationException : Exception
{
    /// <summary>Says why.</summary>
    public AnnotationException(string message)
        : base(message) { }

    internal AnnotationException(MemberInfo member, string problem)
        : base($"{Naming.Describe(member)} {problem}") { }

    internal AnnotationException(ParameterInfo parameter, string problem)
        : base($"Parameter {parameter.Name} of {Naming.Describe(parameter.Member)} {problem}") { }
}
