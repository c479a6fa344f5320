using System.Text;

namespace EventPipeline.TestSupport;

/// <summary>Texts of the repository that follow from the code. After a wanted change run once with EVENTPIPELINE_GOLDEN=write and read
/// the diff.</summary>
public static class GoldenText
{
    /// <summary>Compares, or writes.</summary>
    /// <param name="path">From the root of the repository.</param>
    /// <exception cref="InvalidOperationException">It is another text; the message has the first line that differs.</exception>
    public static async Task ShouldMatchAsync(string path, string actual)
    {
        var file = Repository.PathOf(path);
        actual = actual.TrimEnd() + "\n";
        if (Environment.GetEnvironmentVariable("EVENTPIPELINE_GOLDEN") == "write")
            await File.WriteAllTextAsync(file, actual, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        var expected = File.Exists(file) ? await File.ReadAllTextAsync(file) : "";
        if (expected == actual)
            return;
        var (before, after) = (expected.Split('\n'), actual.Split('\n'));
        var line = before.Zip(after).TakeWhile(pair => pair.First == pair.Second).Count();
        throw new InvalidOperationException(
            $"""
            {path} is not what follows from the code, from line {line + 1} on:
            - {before.ElementAtOrDefault(line)}
            + {after.ElementAtOrDefault(line)}
            If the change is wanted, run this test once with EVENTPIPELINE_GOLDEN=write and read the diff.
            """
        );
    }
}
