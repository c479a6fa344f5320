namespace EventPipeline.TestSupport;

/// <summary>The browser that pages are tried in.</summary>
public static class Browser
{
    /// <summary>The path of Chromium; null if it is not installed.</summary>
    public static string? Find() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator)
            .SelectMany(folder => new[] { "chromium", "chromium-browser" }, Path.Combine)
            .FirstOrDefault(File.Exists);
}
