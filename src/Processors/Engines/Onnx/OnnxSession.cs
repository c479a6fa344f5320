using System.Runtime.InteropServices;
using static EventPipeline.Processors.Engines.Onnx.OnnxRuntime;

namespace EventPipeline.Processors.Engines.Onnx;

/// <summary>A loaded model. Runs may overlap; each uses the thread that calls it and no other, because for small models two
/// threads cost twice the processor time without being faster.</summary>
public sealed unsafe class OnnxSession : IDisposable
{
    private readonly OnnxRuntime runtime;
    private readonly OnnxHandle handle;
    private readonly string model;

    /// <summary>Loads a model from a file.</summary>
    /// <param name="model">How error messages name it.</param>
    /// <exception cref="OnnxException">The file is not a model that this runtime can run.</exception>
    public OnnxSession(OnnxRuntime runtime, string path, string model)
    {
        this.runtime = runtime;
        this.model = model;
        var table = runtime.Table;
        nint options = 0;
        runtime.Check(
            ((delegate* unmanaged<nint*, nint>)table[(int)Function.CreateSessionOptions])(&options),
            $"prepare {model}"
        );
        using var release = new OnnxHandle(runtime, Function.ReleaseSessionOptions, options);
        runtime.Check(
            ((delegate* unmanaged<nint, int, nint>)table[(int)Function.SetIntraOpNumThreads])(options, 1),
            $"set the threads of {model}"
        );
        runtime.Check(
            ((delegate* unmanaged<nint, int, nint>)table[(int)Function.SetInterOpNumThreads])(options, 1),
            $"set the threads of {model}"
        );
        // Plans of memory are kept for every shape of input that is ever seen; speech has a new shape at every step.
        runtime.Check(
            ((delegate* unmanaged<nint, nint>)table[(int)Function.DisableMemPattern])(options),
            $"set the memory of {model}"
        );
        var file = Marshal.StringToCoTaskMemUTF8(path);
        try
        {
            nint session = 0;
            runtime.Check(
                ((delegate* unmanaged<nint, nint, nint, nint*, nint>)table[(int)Function.CreateSession])(
                    runtime.Environment,
                    file,
                    options,
                    &session
                ),
                $"load {model}"
            );
            handle = new OnnxHandle(runtime, Function.ReleaseSession, session);
        }
        finally
        {
            Marshal.FreeCoTaskMem(file);
        }
    }

    /// <summary>The runtime, which makes the tensors that go in.</summary>
    public OnnxRuntime Runtime => runtime;

    /// <summary>Runs the model.</summary>
    /// <param name="inputs">Every input of the model by name; they stay the caller's.</param>
    /// <param name="outputs">Names of the wanted outputs.</param>
    /// <returns>The wanted outputs in that order; the caller disposes them.</returns>
    /// <exception cref="OnnxException">A name, type or shape does not fit the model, or the run failed.</exception>
    public IReadOnlyList<OnnxTensor> Run(
        IReadOnlyList<(string Name, OnnxTensor Value)> inputs,
        IReadOnlyList<string> outputs
    )
    {
        ObjectDisposedException.ThrowIf(handle.IsClosed, this);
        using var inputNames = new NativeNames(inputs.Select(input => input.Name));
        using var outputNames = new NativeNames(outputs);
        return Run(inputNames, [.. inputs.Select(input => input.Value)], outputNames);
    }

    /// <summary>As <see cref="Run(IReadOnlyList{ValueTuple{string, OnnxTensor}}, IReadOnlyList{string})"/>, for loops: the names are
    /// made once.</summary>
    internal OnnxTensor[] Run(NativeNames inputNames, ReadOnlySpan<OnnxTensor> inputs, NativeNames outputNames)
    {
        var inputValues = stackalloc nint[inputs.Length];
        for (var i = 0; i < inputs.Length; i++)
            inputValues[i] = inputs[i].Value;
        var outputValues = stackalloc nint[outputNames.Count];
        new Span<nint>(outputValues, outputNames.Count).Clear();
        runtime.Check(
            (
                (delegate* unmanaged<nint, nint, nint*, nint*, nuint, nint*, nuint, nint*, nint>)
                    runtime.Table[(int)Function.Run]
            )(
                handle.DangerousGetHandle(),
                0,
                inputNames.Pointers,
                inputValues,
                (nuint)inputs.Length,
                outputNames.Pointers,
                (nuint)outputNames.Count,
                outputValues
            ),
            $"run {model}"
        );
        foreach (var input in inputs)
            GC.KeepAlive(input);
        var results = new OnnxTensor[outputNames.Count];
        for (var i = 0; i < results.Length; i++)
            results[i] = new OnnxTensor(runtime, outputValues[i]);
        return results;
    }

    /// <inheritdoc />
    public void Dispose() => handle.Dispose();
}

/// <summary>Names as C strings in memory that does not move.</summary>
internal sealed unsafe class NativeNames : IDisposable
{
    public NativeNames(IEnumerable<string> names)
    {
        var list = names.ToArray();
        Count = list.Length;
        Pointers = (nint*)NativeMemory.AllocZeroed((nuint)Math.Max(1, list.Length), (nuint)sizeof(nint));
        for (var i = 0; i < list.Length; i++)
            Pointers[i] = Marshal.StringToCoTaskMemUTF8(list[i]);
    }

    public int Count { get; private set; }

    public nint* Pointers { get; private set; }

    public void Dispose()
    {
        for (var i = 0; i < Count; i++)
            Marshal.FreeCoTaskMem(Pointers[i]);
        NativeMemory.Free(Pointers);
        Count = 0;
        Pointers = null;
    }
}
