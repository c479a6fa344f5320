namespace EventPipeline.Faults.Schedule;

/// <summary>A seed is all that it takes to do a run again.</summary>
public sealed class ScheduleTests
{
    [Fact]
    public void The_same_seed_gives_the_same_schedule_and_the_same_jobs()
    {
        for (var seed = 0; seed < 500; seed++)
        {
            FaultSchedule.Of(seed).ShouldBe(FaultSchedule.Of(seed));
            Workload.Of(seed).ShouldBe(Workload.Of(seed));
        }
    }

    [Fact]
    public void Two_hundred_seeds_have_every_kind_of_fault_and_every_part()
    {
        var faults = Enumerable.Range(1, 200).SelectMany(FaultSchedule.Of).ToList();

        faults.Select(fault => fault.Kind).Distinct().Order().ShouldBe(Enum.GetValues<FaultKind>());
        faults
            .Where(fault => fault.Kind is FaultKind.Killed)
            .Select(fault => fault.Part)
            .Distinct()
            .Order()
            .ShouldBe(Installation.Parts.All.Order());
    }

    [Fact]
    public void Every_seed_has_faults_that_begin_in_the_window_and_do_not_mend_each_other()
    {
        foreach (var faults in Enumerable.Range(1, 500).Select(FaultSchedule.Of))
        {
            faults.ShouldNotBeEmpty();
            faults.ShouldAllBe(fault => fault.At > 0 && fault.At <= FaultSchedule.Window + 0.3 && fault.Duration > 0);
            faults.Select(fault => (fault.Kind, fault.Part)).ShouldBeUnique();
        }
    }
}
