namespace EventPipeline.TestSupport;

/// <summary>One server for a whole test process, started by whoever asks first.</summary>
internal sealed class Shared<T>(Func<Task<T>> start) : IDisposable
    where T : class
{
    private readonly SemaphoreSlim gate = new(1, 1);
    private T? value;

    public async Task<T> GetAsync()
    {
        await gate.WaitAsync();
        try
        {
            return value ??= await start();
        }
        finally
        {
            gate.Release();
        }
    }

    public void Dispose() => gate.Dispose();
}
