using System.Collections.Immutable;

namespace EventPipeline.GraphQL.Language;

/// <summary>A value as it is written.</summary>
public abstract record ValueNode : SyntaxNode;

/// <summary>A variable where it is used, or the name of one where it is defined.</summary>
public sealed record VariableNode(Name Name) : ValueNode;

/// <summary>An integer, by its digits.</summary>
public sealed record IntValueNode(string Value) : ValueNode;

/// <summary>A number with a fraction or an exponent, by its digits.</summary>
public sealed record FloatValueNode(string Value) : ValueNode;

/// <summary>A string without its quotes and escapes.</summary>
public sealed record StringValueNode(string Value, bool IsBlock = false) : ValueNode;

/// <summary>True or false.</summary>
public sealed record BooleanValueNode(bool Value) : ValueNode;

/// <summary>Null.</summary>
public sealed record NullValueNode : ValueNode;

/// <summary>A value of an enum.</summary>
public sealed record EnumValueNode(string Value) : ValueNode;

/// <summary>Values in brackets.</summary>
public sealed record ListValueNode(ImmutableArray<ValueNode> Values) : ValueNode;

/// <summary>Fields in braces.</summary>
public sealed record ObjectValueNode(ImmutableArray<ObjectFieldNode> Fields) : ValueNode;

/// <summary>A field of an object.</summary>
public sealed record ObjectFieldNode(Name Name, ValueNode Value) : SyntaxNode;
