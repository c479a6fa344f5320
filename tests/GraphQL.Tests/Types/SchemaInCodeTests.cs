using EventPipeline.GraphQL.Language;
using EventPipeline.GraphQL.Types;

namespace EventPipeline.GraphQL.Tests.Types;

/// <summary>Schemas are made of objects, without a text; types may name each other.</summary>
public sealed class SchemaInCodeTests
{
    [Fact]
    public void A_schema_made_in_code_prints_like_one_that_was_read()
    {
        var schema = Videos();

        SchemaValidation.Validate(schema).ShouldBeEmpty();
        SchemaPrinter.Print(schema).ShouldBe(VideosText);
        SchemaPrinter.Print(SchemaReader.Read(VideosText)).ShouldBe(VideosText);
    }

    [Fact]
    public void Objects_behind_an_interface_are_found_and_wrapped_types_are_made_once()
    {
        var schema = Videos();
        var node = (InterfaceType)schema.Find("Node")!;

        schema.PossibleTypes(node).Select(type => type.Name).ShouldBe(["Video"]);
        BuiltInScalars.Int.NonNull.List.ShouldBeSameAs(BuiltInScalars.Int.NonNull.List);
        schema.FindField(schema.Query!, "__schema").ShouldNotBeNull();
        schema.FindField((ObjectType)schema.Find("Video")!, "__schema").ShouldBeNull();
        schema.FindField(node, "__typename").ShouldNotBeNull();
    }

    [Fact]
    public void What_is_wrong_with_a_schema_made_in_code_has_no_place_in_a_text()
    {
        var schema = new Schema(
            new ObjectType("Query", () => [new Field("a", new InputObjectType("In", () => []))]),
            mutation: new EnumType("Change", [])
        );

        SchemaValidation
            .Validate(schema)
            .Select(error => error.ToString())
            .ShouldBe([
                "Mutation root type must be Object type if provided, it cannot be Change.",
                "The type of Query.a must be Output Type but got: In.",
                "Input Object type In must define one or more fields.",
                "Enum type Change must define one or more values.",
            ]);
    }

    [Fact]
    public void Names_are_checked_where_they_are_given()
    {
        Should.Throw<ArgumentException>(() => new Field("a-b", BuiltInScalars.Int));
        Should.Throw<ArgumentException>(() => new EnumValue("null"));
        Should.Throw<ArgumentException>(() => new EnumType("", []));
        Should
            .Throw<ArgumentException>(() => new EnumType("E", [new EnumValue("A"), new EnumValue("A")]))
            .Message.ShouldStartWith("E has two members named \"A\".");
        Should
            .Throw<ArgumentException>(() => new Schema(Query("T"), types: [new ScalarType("T")]))
            .Message.ShouldStartWith("Two types of the schema are named \"T\".");
    }

    private static ObjectType Query(string name) => new(name, () => [new Field("a", BuiltInScalars.Int)]);

    private static Schema Videos()
    {
        var status = new EnumType(
            "Status",
            [new EnumValue("RUNNING", 1), new EnumValue("DONE", 2, deprecationReason: "Ask for `endedAt`.")]
        );
        var node = new InterfaceType("Node", () => [new Field("id", BuiltInScalars.Id.NonNull)]);
        ObjectType? video = null;
        video = new ObjectType(
            "Video",
            () =>
                [
                    new Field("id", BuiltInScalars.Id.NonNull),
                    new Field("status", status.NonNull, description: "Where it is."),
                    new Field(
                        "similar",
                        video!.NonNull.List,
                        [new InputValue("first", BuiltInScalars.Int, new IntValueNode("10"))]
                    ),
                ],
            () => [node],
            "An uploaded file."
        );
        var query = new ObjectType(
            "Query",
            () => [new Field("node", node, [new InputValue("id", BuiltInScalars.Id.NonNull)])]
        );
        return new Schema(query, types: [query, node, video]);
    }

    private const string VideosText = """"
        type Query {
          node(id: ID!): Node
        }

        interface Node {
          id: ID!
        }

        """An uploaded file."""
        type Video implements Node {
          id: ID!

          """Where it is."""
          status: Status!
          similar(first: Int = 10): [Video!]
        }

        enum Status {
          RUNNING
          DONE @deprecated(reason: "Ask for `endedAt`.")
        }
        """";
}
