using System.Collections.Immutable;
using EventPipeline.Contracts;

namespace EventPipeline.Domain.Jobs;

/// <summary>How far a stage of a job is.</summary>
public enum StagePhase
{
    /// <summary>A stage that it needs has not settled.</summary>
    Waiting,

    /// <summary>Its items are known, and some are not settled.</summary>
    Open,

    /// <summary>All its items succeeded or were skipped; there may have been none.</summary>
    Settled,
}

/// <summary>A stage of a job: its items in order and what became of each. Copies share what did not change, so an event costs the same
/// for one item and for thousands.</summary>
public sealed record StageState
{
    private ImmutableDictionary<string, WorkState> works = ImmutableDictionary.Create<string, WorkState>(
        StringComparer.Ordinal
    );

    internal StageState(PipelineStage definition, ImmutableArray<int> needs)
    {
        Definition = definition;
        Needs = needs;
    }

    /// <summary>Its place in the pipeline.</summary>
    public PipelineStage Definition { get; }

    /// <summary>How far it is.</summary>
    public StagePhase Phase { get; private init; }

    /// <summary>What it works on, in order; empty while it waits.</summary>
    public IReadOnlyList<Item> Items { get; private init; } = [];

    /// <summary>What every item of it receives; known when it opens.</summary>
    public IReadOnlyList<StageInput> Inputs { get; private init; } = [];

    /// <summary>A name that two of its items share, so that it cannot run; null if all is well.</summary>
    public string? Clash { get; private init; }

    /// <summary>How many items have no attempt under way and are to get one now.</summary>
    internal int Planned { get; private init; }

    /// <summary>How many items are neither done nor skipped.</summary>
    internal int Unsettled { get; private init; }

    /// <summary>Indexes of the stages that it needs, in the order of the pipeline.</summary>
    internal ImmutableArray<int> Needs { get; }

    /// <summary>What became of an item, or of one that the stage had before it was run again; null if it never had one of that name.</summary>
    public WorkState? Find(string item) => works.GetValueOrDefault(item);

    /// <summary>What became of every item, in order.</summary>
    public IEnumerable<WorkState> Works => Items.Select(item => works[item.Name]);

    /// <summary>All that it needs has settled: now its items and inputs are known.</summary>
    internal StageState Open(IReadOnlyList<Item> items, IReadOnlyList<StageInput> inputs)
    {
        IReadOnlyList<Item> distinct = [.. items.DistinctBy(item => item.Name, StringComparer.Ordinal)];
        return this with
        {
            Phase = distinct.Count == 0 ? StagePhase.Settled : StagePhase.Open,
            Items = distinct,
            Inputs = inputs,
            Clash = distinct.Count == items.Count ? null : Repeated(items),
            Planned = distinct.Count,
            Unsettled = distinct.Count,
            works = works.SetItems(
                distinct.Select(item =>
                    KeyValuePair.Create(
                        item.Name,
                        Find(item.Name) is { } before ? before with { Item = item } : new(item)
                    )
                )
            ),
        };
    }

    private static string Repeated(IEnumerable<Item> items) =>
        items.GroupBy(item => item.Name, StringComparer.Ordinal).First(group => group.Skip(1).Any()).Key;

    /// <summary>It waits for its needs again. Of what it did before only the attempts are remembered: their numbers are never used again.</summary>
    internal StageState Restart() =>
        new(Definition, Needs)
        {
            works = works.SetItems(works.Select(it => KeyValuePair.Create(it.Key, it.Value.Renew()))),
        };

    internal StageState With(WorkState work)
    {
        var before = works[work.Item.Name];
        var unsettled = Unsettled + Count(!work.IsSettled) - Count(!before.IsSettled);
        return this with
        {
            // While it waits, an item of before can only have a late outcome.
            Phase =
                Phase == StagePhase.Waiting ? StagePhase.Waiting
                : unsettled == 0 ? StagePhase.Settled
                : StagePhase.Open,
            Planned = Planned + Count(work.Phase == WorkPhase.Planned) - Count(before.Phase == WorkPhase.Planned),
            Unsettled = unsettled,
            works = works.SetItem(work.Item.Name, work),
        };

        static int Count(bool condition) => condition ? 1 : 0;
    }
}
