namespace EventPipeline.Architecture.Tests.Rooms;

/// <summary>Who may know whom. A new arrow is a decision: change the table together with a decision record.</summary>
public sealed class RoomTests
{
    private const int LongestProgram = 60;
    private const int LongestFile = 400;

    private static readonly Dictionary<string, string[]> MayKnow = new()
    {
        ["Contracts"] = [],
        ["Domain"] = ["Contracts"],
        ["EventStore"] = [],
        ["Objects"] = [],
        ["Messaging"] = ["Contracts"],
        ["GraphQL"] = [],
        ["Deciding"] = ["Contracts", "Domain", "EventStore"],
        ["Api"] = ["Contracts", "Deciding", "Domain", "EventStore", "GraphQL", "Projections"],
        ["Coordinator"] = ["Contracts", "Deciding", "Domain", "EventStore", "Messaging", "Objects"],
        ["Processors"] = ["Contracts", "Messaging", "Objects"],
        ["Projections"] = ["Contracts", "EventStore", "Objects"],
    };

    [Fact]
    public void No_room_knows_a_room_that_it_may_not_know()
    {
        var arrows =
            from project in Checkout.Projects("src")
            let room = Path.GetFileNameWithoutExtension(project)
            where room != "Host"
            from reference in Checkout.ReadXml(project).Descendants("ProjectReference")
            let known = Path.GetFileNameWithoutExtension((string)reference.Attribute("Include")!)
            where !MayKnow.GetValueOrDefault(room, []).Contains(known)
            select $"{room} -> {known}";

        arrows.ShouldBeEmpty();
    }

    [Fact]
    public void Every_room_has_its_place_in_the_table() =>
        Checkout
            .Projects("src")
            .Select(Path.GetFileNameWithoutExtension)
            .Where(room => room != "Host" && !MayKnow.ContainsKey(room!))
            .ShouldBeEmpty();

    [Fact]
    public void Processors_have_no_database() =>
        Checkout.Read("src/Processors/Processors.csproj").ShouldNotContain("Npgsql");

    [Fact]
    public void Nothing_in_src_knows_a_test_project() =>
        Checkout
            .Projects("src")
            .Where(project => Checkout.Read(project).Contains("tests/", StringComparison.Ordinal))
            .ShouldBeEmpty();

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        var solution = Checkout.Read("EventPipeline.sln").Replace('\\', '/');

        Checkout
            .Projects("src")
            .Concat(Checkout.Projects("tests"))
            .Where(project => !solution.Contains($"\"{project}\"", StringComparison.Ordinal))
            .ShouldBeEmpty();
    }

    [Fact]
    public void A_program_only_composes() =>
        Checkout
            .Files.Where(file =>
                file.StartsWith("src/", StringComparison.Ordinal)
                && file.EndsWith("/Program.cs", StringComparison.Ordinal)
            )
            .Where(file => Checkout.Lines(file).Length > LongestProgram)
            .ShouldBeEmpty($"a Program.cs has at most {LongestProgram} lines");

    [Fact]
    public void No_source_file_is_too_long_to_read() =>
        Checkout
            .Files.Where(file =>
                file.StartsWith("src/", StringComparison.Ordinal) && file.EndsWith(".cs", StringComparison.Ordinal)
            )
            .Where(file => Checkout.Lines(file).Length > LongestFile)
            .ShouldBeEmpty($"a source file has at most {LongestFile} lines");
}
