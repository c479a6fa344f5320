namespace EventPipeline.GraphQL.Tests;

/// <summary>Gathers what differs between us and the reference implementation, and fails with the first few.</summary>
public sealed class Differences
{
    private const int Shown = 3;
    private readonly List<string> found = [];

    public void Compare(string what, string ours, string reference)
    {
        if (ours != reference)
            found.Add($"{what}\n--- reference\n{reference}\n--- ours\n{ours}\n");
    }

    public void ShouldBeNone()
    {
        if (found.Count > 0)
            Assert.Fail($"{found.Count} differ:\n{string.Join('\n', found.Take(Shown))}");
    }
}
