using CsCheck;
using EventPipeline.Processors.Hosting;

namespace EventPipeline.Processors.Tests.Hosting;

public sealed class CpuSharesTests
{
    [Fact]
    public void All_shares_together_are_what_was_used_while_anyone_ran() =>
        Gen.Select(Gen.Int[0, 3], Gen.Int[0, 5_000])
            .List[1, 60]
            .Sample(steps =>
            {
                var used = TimeSpan.Zero;
                var shares = new CpuShares(() => used);
                var running = new Dictionary<int, CpuShares.Share>();
                var (expected, got) = (0.0, 0.0);
                foreach (var (attempt, milliseconds) in steps)
                {
                    used += TimeSpan.FromMilliseconds(milliseconds);
                    expected += running.Count > 0 ? milliseconds / 1000.0 : 0;
                    if (running.Remove(attempt, out var share))
                        got += shares.End(share);
                    else
                        running[attempt] = shares.Begin();
                }
                got += running.Values.Sum(shares.End);
                return Math.Abs(got - expected) < 1e-6;
            });
}
