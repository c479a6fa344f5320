namespace EventPipeline.TestSupport;

/// <summary>The checkout that the tests were built from.</summary>
public static class Repository
{
    /// <summary>The folder of EventPipeline.sln.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The path of something in the repository, written with forward slashes.</summary>
    public static string PathOf(string relative) => Path.Combine(Root, relative);

    private static string FindRoot()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "EventPipeline.sln")))
                return folder;
        }
        throw new InvalidOperationException($"No EventPipeline.sln in or above {AppContext.BaseDirectory}.");
    }
}

/// <summary>Real recordings that are too large for the repository and may lie beside it.</summary>
public static class SharedMedia
{
    /// <summary>What a test says when it skips because a file is not there.</summary>
    public const string HowToGet =
        "The shared media folder is missing: put it at ../shared/media or name it in EVENTPIPELINE_TEST_MEDIA.";

    /// <summary>The full path of a file or folder of the shared media, or null when it is not there.</summary>
    public static string? Find(string path)
    {
        var folder =
            Environment.GetEnvironmentVariable("EVENTPIPELINE_TEST_MEDIA")
            ?? Path.Combine(Repository.Root, "..", "shared", "media");
        var full = Path.GetFullPath(Path.Combine(folder, path));
        return Path.Exists(full) ? full : null;
    }
}
