using EventPipeline.Contracts;
using EventPipeline.EventStore;
using EventPipeline.Objects;

namespace EventPipeline.Projections.Projecting;

/// <summary>Fetches facts that were too large for an event.</summary>
internal sealed class StoredFacts(IObjectStore objects)
{
    public async Task<ProjectedEvent> ResolveAsync(ProjectedEvent @event, CancellationToken cancellation) =>
        @event.Data is FactStored stored ? @event with { Data = await FetchAsync(stored, cancellation) } : @event;

    private async Task<Fact> FetchAsync(FactStored stored, CancellationToken cancellation)
    {
        using var buffer = new MemoryStream();
        try
        {
            await using var stream = await objects.OpenAsync(stored.Document.Key, cancellation);
            await stream.CopyToAsync(buffer, cancellation);
        }
        catch (Exception e)
            when (e is not ObjectNotFoundException and not ObjectCorruptException and not OperationCanceledException)
        {
            throw new TransientFailureException(
                $"The object store did not give '{stored.Document.Key}': {e.Message}",
                e
            );
        }
        return FactDocument.Read(buffer.GetBuffer().AsSpan(0, (int)buffer.Length)).Facts.Single();
    }
}
