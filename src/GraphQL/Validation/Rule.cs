using System.Collections.Immutable;
using EventPipeline.GraphQL.Language;

namespace EventPipeline.GraphQL.Validation;

/// <summary>What a rule wants to be told of during the walk.</summary>
[Flags]
internal enum Moments
{
    None = 0,
    Document = 1 << 0,
    DocumentEnd = 1 << 1,
    Operation = 1 << 2,
    OperationEnd = 1 << 3,
    Fragment = 1 << 4,
    VariableDefinition = 1 << 5,
    SelectionSet = 1 << 6,
    Field = 1 << 7,
    FieldEnd = 1 << 8,
    Spread = 1 << 9,
    InlineFragment = 1 << 10,
    Argument = 1 << 11,
    Directive = 1 << 12,
    DirectiveEnd = 1 << 13,
    NamedType = 1 << 14,
    Value = 1 << 15,
    Object = 1 << 16,
    TypeSystem = 1 << 17,
    Member = 1 << 18,
}

/// <summary>A rule during the validation of one document. It is told of the moments it has asked for, and of nothing else.</summary>
internal abstract class Rule(ValidationContext context)
{
    protected ValidationContext Context { get; } = context;

    public virtual void Enter(DocumentNode document) { }

    public virtual void Leave(DocumentNode document) { }

    public virtual void Enter(OperationNode operation) { }

    public virtual void Leave(OperationNode operation) { }

    public virtual void Enter(FragmentNode fragment) { }

    public virtual void Enter(VariableDefinitionNode variable) { }

    /// <param name="selectionSet">The set.</param>
    /// <param name="parent">What it is the selection set of.</param>
    public virtual void Enter(SelectionSetNode selectionSet, SyntaxNode parent) { }

    public virtual void Enter(FieldNode field) { }

    public virtual void Leave(FieldNode field) { }

    public virtual void Enter(FragmentSpreadNode spread) { }

    public virtual void Enter(InlineFragmentNode fragment) { }

    /// <summary>An argument of a field or a directive.</summary>
    /// <param name="argument">The argument.</param>
    /// <param name="ofDirective">Whether it is one of a directive.</param>
    public virtual void Enter(ArgumentNode argument, bool ofDirective) { }

    /// <param name="directive">The directive.</param>
    /// <param name="location">Where it stands, in the words of the specification.</param>
    public virtual void Enter(DirectiveNode directive, string location) { }

    public virtual void Leave(DirectiveNode directive) { }

    public virtual void Enter(NamedTypeNode type) { }

    /// <summary>A value other than a variable that is not inside another value.</summary>
    /// <param name="value">The value.</param>
    /// <param name="expected">The type of its place; null if the schema does not know.</param>
    public virtual void Enter(ValueNode value, Types.GraphQLType? expected) { }

    /// <summary>An object value, also one inside another value.</summary>
    public virtual void Enter(ObjectValueNode value) { }

    /// <summary>A definition of something that is not executable, or an extension of it.</summary>
    public virtual void Enter(TypeSystemNode definition) { }

    /// <summary>A field, an argument or an enum value in a type definition.</summary>
    public virtual void EnterMember(ImmutableArray<DirectiveNode> directives) { }
}
