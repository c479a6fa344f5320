namespace EventPipeline.Faults.Checking;

/// <summary>Whether the promises of docs/reliability.md were kept. Pure: the same evidence gives the same answer.</summary>
internal static class Checker
{
    public static IReadOnlyList<Violation> Check(Evidence evidence) =>
        [
            .. OneOutcome.Check(evidence).Select(what => new Violation(1, what)),
            .. WholeObjects.Check(evidence).Select(what => new Violation(2, what)),
            .. TrueReadModels.Check(evidence).Select(what => new Violation(3, what)),
            .. NothingMissed.Check(evidence).Select(what => new Violation(4, what)),
            .. NoSilence.Check(evidence).Select(what => new Violation(5, what)),
            .. BadInput.Check(evidence).Select(what => new Violation(6, what)),
        ];
}
