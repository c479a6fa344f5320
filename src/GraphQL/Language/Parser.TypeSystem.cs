using System.Collections.Immutable;

namespace EventPipeline.GraphQL.Language;

public sealed partial class Parser
{
    private TypeSystemNode? ParseTypeSystemDefinition(ReadOnlySpan<char> keyword, bool isExtension = false) =>
        keyword switch
        {
            "schema" => ParseSchema(isExtension),
            "scalar" => ParseScalar(isExtension),
            "type" => ParseObjectType(isExtension),
            "interface" => ParseInterface(isExtension),
            "union" => ParseUnion(isExtension),
            "enum" => ParseEnum(isExtension),
            "input" => ParseInputObject(isExtension),
            "directive" when isExtension => ParseDirectiveExtension(),
            "directive" => ParseDirectiveDefinition(),
            _ => null,
        };

    private TypeSystemNode ParseExtension()
    {
        var keyword = Peek();
        return keyword.Kind == TokenKind.Name
            ? ParseTypeSystemDefinition(TextOf(keyword), isExtension: true) ?? throw Unexpected(keyword)
            : throw Unexpected(keyword);
    }

    private (Location Start, StringValueNode? Description) ParseKeyword(string keyword, bool isExtension)
    {
        var start = token.Location;
        var description = isExtension ? null : ParseDescription();
        if (isExtension)
            ExpectKeyword("extend");
        ExpectKeyword(keyword);
        return (start, description);
    }

    /// <summary>An extension has to add something.</summary>
    private void ExpectContent(bool isExtension, bool isEmpty)
    {
        if (isExtension && isEmpty)
            throw Unexpected(token);
    }

    private SchemaNode ParseSchema(bool isExtension)
    {
        var (start, description) = ParseKeyword("schema", isExtension);
        var directives = ParseDirectives(isConstant: true);
        if (!isExtension && token.Kind != TokenKind.BraceLeft)
            Expect(TokenKind.BraceLeft);
        var rootTypes = OptionalMany(TokenKind.BraceLeft, static it => it.ParseRootType(), TokenKind.BraceRight);
        ExpectContent(isExtension, directives.IsEmpty && rootTypes.IsEmpty);
        return new SchemaNode(isExtension, description, directives, rootTypes) { Location = start };
    }

    private RootTypeNode ParseRootType()
    {
        var start = token.Location;
        var operation = ParseOperationKind();
        Expect(TokenKind.Colon);
        return new RootTypeNode(operation, ParseNamedType()) { Location = start };
    }

    private ScalarTypeNode ParseScalar(bool isExtension)
    {
        var (start, description) = ParseKeyword("scalar", isExtension);
        var name = ParseName();
        var directives = ParseDirectives(isConstant: true);
        ExpectContent(isExtension, directives.IsEmpty);
        return new ScalarTypeNode(isExtension, description, name, directives) { Location = start };
    }

    private ObjectTypeNode ParseObjectType(bool isExtension)
    {
        var (start, description) = ParseKeyword("type", isExtension);
        var (name, interfaces, directives, fields) = ParseComposite(isExtension);
        return new ObjectTypeNode(isExtension, description, name, interfaces, directives, fields) { Location = start };
    }

    private InterfaceTypeNode ParseInterface(bool isExtension)
    {
        var (start, description) = ParseKeyword("interface", isExtension);
        var (name, interfaces, directives, fields) = ParseComposite(isExtension);
        return new InterfaceTypeNode(isExtension, description, name, interfaces, directives, fields)
        {
            Location = start,
        };
    }

    private (
        Name Name,
        ImmutableArray<NamedTypeNode> Interfaces,
        ImmutableArray<DirectiveNode> Directives,
        ImmutableArray<FieldDefinitionNode> Fields
    ) ParseComposite(bool isExtension)
    {
        var name = ParseName();
        var interfaces = SkipKeyword("implements")
            ? Delimited(TokenKind.Ampersand, static it => it.ParseNamedType())
            : [];
        var directives = ParseDirectives(isConstant: true);
        var fields = OptionalMany(TokenKind.BraceLeft, static it => it.ParseFieldDefinition(), TokenKind.BraceRight);
        ExpectContent(isExtension, interfaces.IsEmpty && directives.IsEmpty && fields.IsEmpty);
        return (name, interfaces, directives, fields);
    }

    private FieldDefinitionNode ParseFieldDefinition()
    {
        var start = token.Location;
        var description = ParseDescription();
        var name = ParseName();
        var arguments = ParseArgumentDefinitions();
        Expect(TokenKind.Colon);
        return new FieldDefinitionNode(description, name, arguments, ParseType(), ParseDirectives(isConstant: true))
        {
            Location = start,
        };
    }

    private ImmutableArray<InputValueDefinitionNode> ParseArgumentDefinitions() =>
        OptionalMany(TokenKind.ParenthesisLeft, static it => it.ParseInputValue(), TokenKind.ParenthesisRight);

    private InputValueDefinitionNode ParseInputValue()
    {
        var start = token.Location;
        var description = ParseDescription();
        var name = ParseName();
        Expect(TokenKind.Colon);
        return new InputValueDefinitionNode(
            description,
            name,
            ParseType(),
            Skip(TokenKind.EqualsSign) ? ParseValue(isConstant: true) : null,
            ParseDirectives(isConstant: true)
        )
        {
            Location = start,
        };
    }

    private UnionTypeNode ParseUnion(bool isExtension)
    {
        var (start, description) = ParseKeyword("union", isExtension);
        var name = ParseName();
        var directives = ParseDirectives(isConstant: true);
        var types = Skip(TokenKind.EqualsSign) ? Delimited(TokenKind.Pipe, static it => it.ParseNamedType()) : [];
        ExpectContent(isExtension, directives.IsEmpty && types.IsEmpty);
        return new UnionTypeNode(isExtension, description, name, directives, types) { Location = start };
    }

    private EnumTypeNode ParseEnum(bool isExtension)
    {
        var (start, description) = ParseKeyword("enum", isExtension);
        var name = ParseName();
        var directives = ParseDirectives(isConstant: true);
        var values = OptionalMany(TokenKind.BraceLeft, static it => it.ParseEnumValue(), TokenKind.BraceRight);
        ExpectContent(isExtension, directives.IsEmpty && values.IsEmpty);
        return new EnumTypeNode(isExtension, description, name, directives, values) { Location = start };
    }

    private EnumValueDefinitionNode ParseEnumValue()
    {
        var start = token.Location;
        var description = ParseDescription();
        if (TextOf(token) is "true" or "false" or "null")
            throw Error(token, $"{Describe(token)} is reserved and cannot be used for an enum value.");
        return new EnumValueDefinitionNode(description, ParseName(), ParseDirectives(isConstant: true))
        {
            Location = start,
        };
    }

    private InputObjectTypeNode ParseInputObject(bool isExtension)
    {
        var (start, description) = ParseKeyword("input", isExtension);
        var name = ParseName();
        var directives = ParseDirectives(isConstant: true);
        var fields = OptionalMany(TokenKind.BraceLeft, static it => it.ParseInputValue(), TokenKind.BraceRight);
        ExpectContent(isExtension, directives.IsEmpty && fields.IsEmpty);
        return new InputObjectTypeNode(isExtension, description, name, directives, fields) { Location = start };
    }

    private DirectiveDefinitionNode ParseDirectiveDefinition()
    {
        var (start, description) = ParseKeyword("directive", isExtension: false);
        Expect(TokenKind.At);
        var name = ParseName();
        var arguments = ParseArgumentDefinitions();
        var directives = ParseDirectives(isConstant: true);
        var isRepeatable = SkipKeyword("repeatable");
        ExpectKeyword("on");
        var locations = Delimited(TokenKind.Pipe, static it => it.ParseDirectiveLocation());
        return new DirectiveDefinitionNode(
            IsExtension: false,
            description,
            name,
            arguments,
            directives,
            isRepeatable,
            locations
        )
        {
            Location = start,
        };
    }

    private DirectiveDefinitionNode ParseDirectiveExtension()
    {
        var (start, _) = ParseKeyword("directive", isExtension: true);
        Expect(TokenKind.At);
        var name = ParseName();
        var directives = ParseDirectives(isConstant: true);
        ExpectContent(isExtension: true, directives.IsEmpty);
        return new DirectiveDefinitionNode(IsExtension: true, null, name, [], directives, IsRepeatable: false, [])
        {
            Location = start,
        };
    }

    private Name ParseDirectiveLocation()
    {
        var word = token;
        var name = ParseName();
        return DirectiveLocation.IsKnown(name.Value) ? name : throw Unexpected(word);
    }
}
