namespace EventPipeline.GraphQL.Language;

public sealed partial class Parser
{
    private static readonly Func<Parser, ValueNode> Value = static it => it.ParseValue(isConstant: false);
    private static readonly Func<Parser, ValueNode> Constant = static it => it.ParseValue(isConstant: true);
    private static readonly Func<Parser, ObjectFieldNode> Field = static it => it.ParseObjectField(isConstant: false);
    private static readonly Func<Parser, ObjectFieldNode> ConstantField = static it =>
        it.ParseObjectField(isConstant: true);

    private ValueNode ParseValue(bool isConstant)
    {
        var first = token;
        switch (first.Kind)
        {
            case TokenKind.BracketLeft:
                return ParseList(isConstant);
            case TokenKind.BraceLeft:
                return ParseObject(isConstant);
            case TokenKind.Int:
                Advance();
                return new IntValueNode(TextOf(first).ToString()) { Location = first.Location };
            case TokenKind.Float:
                Advance();
                return new FloatValueNode(TextOf(first).ToString()) { Location = first.Location };
            case TokenKind.String or TokenKind.BlockString:
                return ParseString();
            case TokenKind.Name:
                Advance();
                return ParseWord(first);
            case TokenKind.Dollar when isConstant:
                Advance();
                throw token.Kind == TokenKind.Name
                    ? Error(first, $"Unexpected variable \"${TextOf(token)}\" in constant value.")
                    : Unexpected(first);
            case TokenKind.Dollar:
                return ParseVariable();
            default:
                throw Unexpected(first);
        }
    }

    private ValueNode ParseWord(Token word) =>
        TextOf(word) switch
        {
            "true" => new BooleanValueNode(true) { Location = word.Location },
            "false" => new BooleanValueNode(false) { Location = word.Location },
            "null" => new NullValueNode { Location = word.Location },
            var name => new EnumValueNode(name.ToString()) { Location = word.Location },
        };

    private StringValueNode ParseString()
    {
        var first = token;
        Advance();
        return new StringValueNode(StringOf(first), first.Kind == TokenKind.BlockString) { Location = first.Location };
    }

    private ListValueNode ParseList(bool isConstant)
    {
        var start = Expect(TokenKind.BracketLeft).Location;
        Descend();
        var values = Any(isConstant ? Constant : Value, TokenKind.BracketRight);
        depth--;
        return new ListValueNode(values) { Location = start };
    }

    private ObjectValueNode ParseObject(bool isConstant)
    {
        var start = Expect(TokenKind.BraceLeft).Location;
        Descend();
        var fields = Any(isConstant ? ConstantField : Field, TokenKind.BraceRight);
        depth--;
        return new ObjectValueNode(fields) { Location = start };
    }

    private ObjectFieldNode ParseObjectField(bool isConstant)
    {
        var name = ParseName();
        Expect(TokenKind.Colon);
        return new ObjectFieldNode(name, ParseValue(isConstant)) { Location = name.Location };
    }
}
