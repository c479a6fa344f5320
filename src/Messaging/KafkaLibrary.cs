using System.Reflection;
using System.Runtime.InteropServices;
using Confluent.Kafka;

namespace EventPipeline.Messaging;

/// <summary>Finds librdkafka, the native half of the Kafka client: the file that <c>LIBRDKAFKA_PATH</c> names, else
/// <c>librdkafka.so</c> beside the program, else the system's.</summary>
public static class KafkaLibrary
{
    /// <summary>Environment variable with the path of the library.</summary>
    public const string PathVariable = "LIBRDKAFKA_PATH";

    // Older ones lack entry points that the client calls at its first consume.
    private const int OldestVersion = 0x020F00FF;

    private static readonly Lazy<string> Loaded = new(LoadOnce);

    /// <summary>Loads the library once per process. Everything in this room calls it; calling it earlier only moves a failure
    /// to a better moment.</summary>
    /// <returns>Its version.</returns>
    /// <exception cref="DllNotFoundException">There is none, or it is too old; the message says what to do.</exception>
    public static string Load() => Loaded.Value;

    private static string LoadOnce()
    {
        var path = Environment.GetEnvironmentVariable(PathVariable);
        if (!string.IsNullOrEmpty(path) && !File.Exists(path))
            throw new DllNotFoundException(
                $"{PathVariable} names {path}, which does not exist. Build it with deploy/local/librdkafka.sh."
            );
        if (!OperatingSystem.IsWindows())
            NativeLibrary.SetDllImportResolver(
                typeof(Library).Assembly,
                (name, assembly, search) => Resolve(name, path, assembly, search)
            );
        try
        {
            Library.Load();
        }
        catch (Exception cause) when (cause is DllNotFoundException or InvalidOperationException)
        {
            throw new DllNotFoundException(
                "The native Kafka client, librdkafka 2.15 or newer, was not found. Run deploy/local/librdkafka.sh to build "
                    + $"it, then set {PathVariable} to the file or put it beside the program as librdkafka.so.",
                cause
            );
        }
        return Library.Version >= OldestVersion
            ? Library.VersionString
            : throw new DllNotFoundException(
                $"librdkafka {Library.VersionString} is too old; 2.15 or newer is needed. Run deploy/local/librdkafka.sh to "
                    + $"build it and set {PathVariable} to the file."
            );
    }

    private static IntPtr Resolve(string name, string? path, Assembly assembly, DllImportSearchPath? search) =>
        name switch
        {
            // The client asks for "libdl", whose unversioned name only development packages install.
            "libdl" => NativeLibrary.TryLoad("libdl.so.2", assembly, search, out var libdl) ? libdl : IntPtr.Zero,
            "librdkafka" when !string.IsNullOrEmpty(path) => NativeLibrary.Load(path),
            "librdkafka" => FirstOf(
                assembly,
                search,
                Path.Combine(AppContext.BaseDirectory, "librdkafka.so"),
                "librdkafka",
                "librdkafka.so.1"
            ),
            _ => IntPtr.Zero,
        };

    private static IntPtr FirstOf(Assembly assembly, DllImportSearchPath? search, params string[] names)
    {
        foreach (var name in names)
            if (NativeLibrary.TryLoad(name, assembly, search, out var handle))
                return handle;
        return IntPtr.Zero;
    }
}
