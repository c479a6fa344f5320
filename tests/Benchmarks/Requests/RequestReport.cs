namespace EventPipeline.Benchmarks.Requests;

/// <summary>The figures as lines: medians of the rounds, the API's against each other server's.</summary>
internal static class RequestReport
{
    public const string Job = "job with video and five clips";
    public const string Jobs = "filtered page of 20 jobs";
    public const string JobByHash = "job with video and five clips, by the hash of its document";

    private const string Own = "API";
    private static readonly Dictionary<string, double> Budgets = new(StringComparer.Ordinal)
    {
        ["hand-written endpoint"] = 0.7,
        ["PostGraphile"] = 2,
    };

    public static IReadOnlyList<BenchmarkResult> Of(
        IReadOnlyCollection<(string Server, string Question, Round Round)> rounds
    )
    {
        var results = new List<BenchmarkResult>();
        foreach (var question in (string[])[Job, Jobs])
        {
            foreach (var (server, budget) in Budgets)
            {
                if (!rounds.Any(it => it.Server == server))
                    continue;
                var (own, other) = (
                    Median(Own, question, it => it.Load.Rate),
                    Median(server, question, it => it.Load.Rate)
                );
                results.Add(BenchmarkResult.AtLeast(question, own, "requests/s", server, other, budget));
                results.Add(P99(question, server, isHeld: server != "PostGraphile"));
                results.Add(Compare($"{question}, processor time", "us", question, server, it => it.ServerCpu));
                results.Add(Compare($"{question}, of the database", "us", question, server, it => it.DatabaseCpu));
            }
        }
        var (hashed, sent) = (Median(Own, JobByHash, it => it.Load.Rate), Median(Own, Job, it => it.Load.Rate));
        results.Add(new(JobByHash, hashed, "requests/s", "by its text", sent, hashed / sent, "", true));
        return results;

        BenchmarkResult P99(string question, string server, bool isHeld)
        {
            var it = Compare($"{question}, p99", "ms", question, server, round => round.Load.P99);
            return isHeld ? it with { Budget = "<= 2x", Met = it.Ratio <= 2 } : it;
        }

        BenchmarkResult Compare(string name, string unit, string question, string server, Func<Round, double> of)
        {
            var (own, other) = (Median(Own, question, of), Median(server, question, of));
            return new BenchmarkResult(name, own, unit, server, other, own / other, "", true);
        }

        double Median(string server, string question, Func<Round, double> of) =>
            EventLogBenchmarks.Median([
                .. rounds.Where(it => it.Server == server && it.Question == question).Select(it => of(it.Round)),
            ]);
    }
}
