using static EventPipeline.Processors.Engines.Onnx.OnnxRuntime;

namespace EventPipeline.Processors.Engines.Onnx;

/// <summary>A tensor in ONNX Runtime's own memory: what a run gives can be handed to the next run without a copy. Dispose it, or
/// the memory stays until the garbage collector finds it.</summary>
public sealed unsafe class OnnxTensor : IDisposable
{
    private readonly OnnxRuntime runtime;
    private readonly OnnxHandle handle;
    private readonly Element element;
    private readonly int length = 1;

    internal OnnxTensor(OnnxRuntime runtime, nint value)
    {
        this.runtime = runtime;
        handle = new OnnxHandle(runtime, Function.ReleaseValue, value);
        var table = runtime.Table;
        nint info = 0;
        runtime.Check(
            ((delegate* unmanaged<nint, nint*, nint>)table[(int)Function.GetTensorTypeAndShape])(value, &info),
            "read the shape of a tensor"
        );
        using var release = new OnnxHandle(runtime, Function.ReleaseTensorTypeAndShapeInfo, info);
        int type;
        nuint dimensions;
        runtime.Check(
            ((delegate* unmanaged<nint, int*, nint>)table[(int)Function.GetTensorElementType])(info, &type),
            "read the type of a tensor"
        );
        runtime.Check(
            ((delegate* unmanaged<nint, nuint*, nint>)table[(int)Function.GetDimensionsCount])(info, &dimensions),
            "count the dimensions of a tensor"
        );
        var shape = new long[dimensions];
        fixed (long* first = shape)
            runtime.Check(
                ((delegate* unmanaged<nint, long*, nuint, nint>)table[(int)Function.GetDimensions])(
                    info,
                    first,
                    dimensions
                ),
                "read the dimensions of a tensor"
            );
        element = (Element)type;
        Shape = shape;
        foreach (var dimension in shape)
            length = checked(length * (int)dimension);
    }

    /// <summary>Lengths of the dimensions.</summary>
    public IReadOnlyList<long> Shape { get; }

    /// <summary>The values, row by row, in place: valid until the tensor is disposed.</summary>
    /// <exception cref="InvalidOperationException">The tensor holds another type.</exception>
    public Span<T> Values<T>()
        where T : unmanaged
    {
        if (element != ElementOf<T>())
            throw new InvalidOperationException($"The tensor holds {element}, not {typeof(T).Name}.");
        void* data = null;
        runtime.Check(
            ((delegate* unmanaged<nint, void**, nint>)runtime.Table[(int)Function.GetTensorMutableData])(Value, &data),
            "read a tensor"
        );
        return new Span<T>(data, length);
    }

    /// <inheritdoc />
    public void Dispose() => handle.Dispose();

    internal nint Value =>
        handle.IsClosed ? throw new ObjectDisposedException(nameof(OnnxTensor)) : handle.DangerousGetHandle();

    internal static Element ElementOf<T>() =>
        typeof(T) == typeof(float) ? Element.Float
        : typeof(T) == typeof(long) ? Element.Int64
        : typeof(T) == typeof(bool) ? Element.Bool
        : throw new NotSupportedException($"A tensor cannot hold {typeof(T).Name}.");

    /// <summary>ONNXTensorElementDataType.</summary>
    internal enum Element
    {
        Float = 1,
        Int64 = 7,
        Bool = 9,
    }
}
