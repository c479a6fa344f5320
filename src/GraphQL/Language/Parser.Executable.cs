namespace EventPipeline.GraphQL.Language;

public sealed partial class Parser
{
    private OperationNode ParseOperation()
    {
        var start = token.Location;
        if (token.Kind == TokenKind.BraceLeft)
            return new OperationNode(null, OperationKind.Query, null, [], [], ParseSelectionSet()) { Location = start };
        return new OperationNode(
            ParseDescription(),
            ParseOperationKind(),
            token.Kind == TokenKind.Name ? ParseName() : null,
            OptionalMany(
                TokenKind.ParenthesisLeft,
                static it => it.ParseVariableDefinition(),
                TokenKind.ParenthesisRight
            ),
            ParseDirectives(isConstant: false),
            ParseSelectionSet()
        )
        {
            Location = start,
        };
    }

    private OperationKind ParseOperationKind()
    {
        var word = Expect(TokenKind.Name);
        return TextOf(word) switch
        {
            "query" => OperationKind.Query,
            "mutation" => OperationKind.Mutation,
            "subscription" => OperationKind.Subscription,
            _ => throw Unexpected(word),
        };
    }

    private VariableDefinitionNode ParseVariableDefinition()
    {
        var start = token.Location;
        var description = ParseDescription();
        var variable = ParseVariable();
        Expect(TokenKind.Colon);
        return new VariableDefinitionNode(
            description,
            variable,
            ParseType(),
            Skip(TokenKind.EqualsSign) ? ParseValue(isConstant: true) : null,
            ParseDirectives(isConstant: true)
        )
        {
            Location = start,
        };
    }

    private VariableNode ParseVariable()
    {
        var start = Expect(TokenKind.Dollar).Location;
        return new VariableNode(ParseName()) { Location = start };
    }

    private FragmentNode ParseFragment()
    {
        var start = token.Location;
        var description = ParseDescription();
        ExpectKeyword("fragment");
        var name = ParseFragmentName();
        ExpectKeyword("on");
        return new FragmentNode(
            description,
            name,
            ParseNamedType(),
            ParseDirectives(isConstant: false),
            ParseSelectionSet()
        )
        {
            Location = start,
        };
    }

    private Name ParseFragmentName()
    {
        if (TextOf(token) is "on")
            throw Unexpected(token);
        return ParseName();
    }

    private SelectionSetNode ParseSelectionSet()
    {
        var start = Expect(TokenKind.BraceLeft).Location;
        Descend();
        var selections = Any(static it => it.ParseSelection(), TokenKind.BraceRight);
        depth--;
        return new SelectionSetNode(selections) { Location = start };
    }

    private SelectionNode ParseSelection() => token.Kind == TokenKind.Spread ? ParseSpread() : ParseField();

    private FieldNode ParseField()
    {
        var name = ParseName();
        Name? alias = null;
        if (Skip(TokenKind.Colon))
            (alias, name) = (name, ParseName());
        return new FieldNode(
            alias,
            name,
            ParseArguments(isConstant: false),
            ParseDirectives(isConstant: false),
            token.Kind == TokenKind.BraceLeft ? ParseSelectionSet() : null
        )
        {
            Location = (alias ?? name).Location,
        };
    }

    private SelectionNode ParseSpread()
    {
        var start = Expect(TokenKind.Spread).Location;
        var hasCondition = SkipKeyword("on");
        if (!hasCondition && token.Kind == TokenKind.Name)
            return new FragmentSpreadNode(ParseName(), ParseDirectives(isConstant: false)) { Location = start };
        return new InlineFragmentNode(
            hasCondition ? ParseNamedType() : null,
            ParseDirectives(isConstant: false),
            ParseSelectionSet()
        )
        {
            Location = start,
        };
    }
}
