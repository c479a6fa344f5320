using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;

namespace EventPipeline.Processors.Tests;

/// <summary>Results that are kept beside their tests. After a wanted change run once with EVENTPIPELINE_GOLDEN=write and read the diff.</summary>
internal static class Golden
{
    private static readonly JsonSerializerOptions Readable = new(Contracts.ContractJson.Options)
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <param name="name">Path from the test project.</param>
    public static void ShouldMatch<T>(string name, T value, [CallerFilePath] string caller = "")
    {
        var path = Path.Combine(ProjectFolder(), name);
        var actual = JsonSerializer.Serialize(value, Readable).ReplaceLineEndings("\n") + "\n";
        if (Environment.GetEnvironmentVariable("EVENTPIPELINE_GOLDEN") == "write")
            File.WriteAllText(path, actual, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        File.Exists(path).ShouldBeTrue($"{name} is missing; write it with EVENTPIPELINE_GOLDEN=write.");
        actual.ShouldBe(File.ReadAllText(path).ReplaceLineEndings("\n"), $"called from {Path.GetFileName(caller)}");
    }

    private static string ProjectFolder([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}
