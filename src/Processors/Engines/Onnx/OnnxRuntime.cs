using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace EventPipeline.Processors.Engines.Onnx;

/// <summary>ONNX Runtime, reached through its C API: one function exported by the shared library hands out a table of functions
/// whose order never changes (the library promises that a place in the table keeps its meaning for ever).</summary>
/// <remarks>One per process: the library keeps process-wide state, so it is loaded once and never unloaded.</remarks>
public sealed unsafe class OnnxRuntime
{
    // The newest version of the table whose entries are used here; any later library serves it too.
    private const uint TableVersion = 8;
    private const int WarningsAndWorse = 3;

    private static readonly Lock Loading = new();
    private static OnnxRuntime? loaded;

    private OnnxRuntime(nint* table, string version)
    {
        Table = table;
        Version = version;
        var name = Marshal.StringToCoTaskMemUTF8("eventpipeline");
        nint created = 0;
        Check(
            ((delegate* unmanaged<int, nint, nint*, nint>)Table[(int)Function.CreateEnv])(
                WarningsAndWorse,
                name,
                &created
            ),
            "start ONNX Runtime"
        );
        Marshal.FreeCoTaskMem(name);
        Environment = created;
    }

    /// <summary>Version of the library, for example <c>1.28.2</c>.</summary>
    public string Version { get; }

    internal nint Environment { get; }

    internal nint* Table { get; }

    /// <summary>Loads the library; a later call returns the one that is loaded, whatever its path.</summary>
    /// <param name="libraryPath">Path of <c>libonnxruntime.so</c>.</param>
    /// <exception cref="OnnxException">The file is not a usable ONNX Runtime for this machine.</exception>
    public static OnnxRuntime Load(string libraryPath)
    {
        lock (Loading)
            return loaded ??= LoadOnce(libraryPath);
    }

    private static OnnxRuntime LoadOnce(string libraryPath)
    {
        if (
            !NativeLibrary.TryLoad(libraryPath, out var library)
            || !NativeLibrary.TryGetExport(library, "OrtGetApiBase", out var export)
        )
            throw new OnnxException(
                $"'{Path.GetFileName(libraryPath)}' is not an ONNX Runtime library that this machine can load."
            );
        var functions = (nint*)((delegate* unmanaged<nint>)export)();
        var version = Marshal.PtrToStringUTF8(((delegate* unmanaged<nint>)functions[1])()) ?? "unknown";
        var table = (nint*)((delegate* unmanaged<uint, nint>)functions[0])(TableVersion);
        return table is not null
            ? new OnnxRuntime(table, version)
            : throw new OnnxException($"ONNX Runtime {version} is too old; 1.8 or newer is needed.");
    }

    /// <summary>A tensor with a copy of some values.</summary>
    /// <typeparam name="T"><see cref="float"/>, <see cref="long"/> or <see cref="bool"/>.</typeparam>
    /// <param name="values">Row by row; as many as the shape has places.</param>
    /// <param name="shape">Lengths of the dimensions; none makes a scalar.</param>
    public OnnxTensor Tensor<T>(ReadOnlySpan<T> values, params ReadOnlySpan<long> shape)
        where T : unmanaged
    {
        var tensor = Tensor<T>(shape);
        if (tensor.Values<T>().Length != values.Length)
        {
            tensor.Dispose();
            throw new ArgumentException("The shape does not have as many places as there are values.", nameof(shape));
        }
        values.CopyTo(tensor.Values<T>());
        return tensor;
    }

    /// <summary>A tensor whose values are yet to be written.</summary>
    public OnnxTensor Tensor<T>(params ReadOnlySpan<long> shape)
        where T : unmanaged
    {
        nint allocator = 0;
        Check(
            ((delegate* unmanaged<nint*, nint>)Table[(int)Function.GetAllocatorWithDefaultOptions])(&allocator),
            "find the allocator"
        );
        nint value = 0;
        fixed (long* dimensions = shape)
            Check(
                (
                    (delegate* unmanaged<nint, long*, nuint, int, nint*, nint>)
                        Table[(int)Function.CreateTensorAsOrtValue]
                )(allocator, dimensions, (nuint)shape.Length, (int)OnnxTensor.ElementOf<T>(), &value),
                "make a tensor"
            );
        return new OnnxTensor(this, value);
    }

    /// <summary>Throws what a status says.</summary>
    internal void Check(nint status, string doing)
    {
        if (status == 0)
            return;
        var message = Marshal.PtrToStringUTF8(
            ((delegate* unmanaged<nint, nint>)Table[(int)Function.GetErrorMessage])(status)
        );
        ((delegate* unmanaged<nint, void>)Table[(int)Function.ReleaseStatus])(status);
        throw new OnnxException($"ONNX Runtime could not {doing}: {message}");
    }

    internal void Release(Function function, nint handle) =>
        ((delegate* unmanaged<nint, void>)Table[(int)function])(handle);

    /// <summary>Places in the function table that are used here.</summary>
    internal enum Function
    {
        GetErrorMessage = 2,
        CreateEnv = 3,
        CreateSession = 7,
        Run = 9,
        CreateSessionOptions = 10,
        DisableMemPattern = 17,
        SetIntraOpNumThreads = 24,
        SetInterOpNumThreads = 25,
        CreateTensorAsOrtValue = 48,
        GetTensorMutableData = 51,
        GetTensorElementType = 60,
        GetDimensionsCount = 61,
        GetDimensions = 62,
        GetTensorTypeAndShape = 65,
        GetAllocatorWithDefaultOptions = 78,
        ReleaseStatus = 93,
        ReleaseSession = 95,
        ReleaseValue = 96,
        ReleaseTensorTypeAndShapeInfo = 99,
        ReleaseSessionOptions = 100,
    }
}

/// <summary>A thing that ONNX Runtime made and that is given back exactly once.</summary>
internal sealed class OnnxHandle(OnnxRuntime runtime, OnnxRuntime.Function release, nint value)
    : SafeHandle(value, ownsHandle: true)
{
    public override bool IsInvalid
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => handle == 0;
    }

    protected override bool ReleaseHandle()
    {
        runtime.Release(release, handle);
        return true;
    }
}
