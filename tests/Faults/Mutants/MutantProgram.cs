using EventPipeline.Faults.Installation;
using EventPipeline.TestSupport;

namespace EventPipeline.Faults.Mutants;

/// <summary>The parts' program with a bug: the room that a patch changes is built in a copy of the sources, and its library takes the place
/// of the right one in a copy of the program.</summary>
internal sealed class MutantProgram : IDisposable
{
    private static readonly string[] Rooms =
    [
        "Contracts",
        "Domain",
        "Deciding",
        "EventStore",
        "Objects",
        "Messaging",
        "Coordinator",
        "Processors",
        "Projections",
    ];

    private readonly TestSupport.TemporaryFolder folder = new();

    private MutantProgram() { }

    public static string Patches { get; } = Repository.PathOf("tests/Faults/Mutants");

    /// <summary>The program to start.</summary>
    public string Path => System.IO.Path.Combine(folder["program"], System.IO.Path.GetFileName(Part.OwnProgram));

    public static async Task<MutantProgram> BuildAsync(string name, string room)
    {
        var mutant = new MutantProgram();
        try
        {
            await mutant.CopyAsync();
            await RunAsync(
                "git",
                "-C",
                mutant.folder["tree"],
                "apply",
                System.IO.Path.Combine(Patches, $"{name}.patch")
            );
            await RunAsync(
                "dotnet",
                "build",
                mutant.folder[$"tree/src/{room}"],
                "-c",
                "Release",
                "-v",
                "q",
                "--nologo",
                "--no-restore",
                "--no-dependencies",
                "-p:RunAnalyzers=false",
                "-p:EnforceCodeStyleInBuild=false"
            );
            var library = $"EventPipeline.{room}.dll";
            File.Copy(
                mutant.folder[$"tree/artifacts/bin/{room}/release/{library}"],
                mutant.folder[$"program/{library}"],
                overwrite: true
            );
            return mutant;
        }
        catch
        {
            mutant.Dispose();
            throw;
        }
    }

    public void Dispose() => folder.Dispose();

    /// <summary>With what the rooms were built from and into, so that one of them can be built alone.</summary>
    private async Task CopyAsync()
    {
        Directory.CreateDirectory(folder["tree/artifacts/bin"]);
        Directory.CreateDirectory(folder["tree/artifacts/obj"]);
        string[] build =
        [
            "Directory.Build.props",
            "Directory.Build.targets",
            "Directory.Packages.props",
            "BannedSymbols.txt",
            "global.json",
            ".editorconfig",
        ];
        await RunAsync("cp", ["-a", .. build.Select(Repository.PathOf), Repository.PathOf("src"), folder["tree"]]);
        foreach (var kind in new[] { "bin", "obj" })
            await RunAsync(
                "cp",
                [
                    "-a",
                    .. Rooms.Select(room => Repository.PathOf($"artifacts/{kind}/{room}")),
                    folder[$"tree/artifacts/{kind}"],
                ]
            );
        await RunAsync("cp", "-a", System.IO.Path.GetDirectoryName(Part.OwnProgram)!, folder["program"]);
    }

    private static Task<string> RunAsync(string program, params string[] arguments) =>
        ChildProcess.RunAsync(program, program, arguments);
}
