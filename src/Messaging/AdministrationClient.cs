using Confluent.Kafka;

namespace EventPipeline.Messaging;

/// <summary>A client that can be given up while somebody waits for its answer: the library does not bear being disposed of under a
/// question.</summary>
internal sealed class AdministrationClient(IConsumer<string, byte[]> owner) : IDisposable
{
    private readonly IAdminClient admin = new DependentAdminClientBuilder(owner.Handle).Build();
    private readonly Lock gate = new();

    // Questions that it is at, and one more until it is given up.
    private int uses = 1;

    /// <summary>To be called before each question; false if it was given up.</summary>
    public bool TryEnter()
    {
        lock (gate)
            return uses > 0 && ++uses > 0;
    }

    /// <summary>Asks. The question ends with its answer, whether or not somebody still waits for it.</summary>
    public async Task<T> AskAsync<T>(Func<IAdminClient, Task<T>> question)
    {
        try
        {
            return await question(admin);
        }
        finally
        {
            GiveUp();
        }
    }

    /// <summary>Closes it as soon as it is at no question. Call this or <see cref="Dispose"/>, once.</summary>
    public void GiveUp()
    {
        if (IsUnused())
            _ = Task.Run(Close, CancellationToken.None); // This may be a thread of its own, which brought the answer.
    }

    /// <summary>As <see cref="GiveUp"/>, and waits if it is at no question.</summary>
    public void Dispose()
    {
        if (IsUnused())
            Close();
    }

    private bool IsUnused()
    {
        lock (gate)
            return --uses == 0;
    }

    private void Close()
    {
        admin.Dispose();
        owner.Dispose();
    }
}
