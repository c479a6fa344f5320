namespace EventPipeline.Contracts;

/// <summary>The Kafka topics. A prefix keeps installations (and tests) apart on a shared broker.</summary>
/// <param name="Prefix">Empty, or for example <c>staging.</c></param>
public sealed record Topics(string Prefix = "")
{
    /// <summary>Public: every event of every Video, keyed by stream id.</summary>
    public string VideoEvents => Prefix + "events.videos";

    /// <summary>Public: every event of every Job, keyed by stream id.</summary>
    public string JobEvents => Prefix + "events.jobs";

    /// <summary>Outcomes, keyed by job id.</summary>
    public string Results => Prefix + "stage.results";

    /// <summary>Progress and signs of life, keyed by job id.</summary>
    public string Progress => Prefix + "stage.progress";

    /// <summary>Work of one stage, keyed by <see cref="WorkItem.Key"/>.</summary>
    public string Stage(string stage) => $"{Prefix}stage.{stage}";

    /// <summary>The consumer group of a stage's processors: its backlog on <see cref="Stage"/> is the work that waits.</summary>
    public string StageGroup(string stage) => $"{Prefix}stage.{stage}";

    /// <summary>The consumer group of the coordinators on <see cref="Results"/>.</summary>
    public string ResultsGroup => Prefix + "coordinator";

    /// <summary>Work items of a stage that ran out of attempts, and messages of its topic that nobody could read.</summary>
    public string DeadLetters(string stage) => $"{Prefix}stage.{stage}.dlq";

    /// <summary>Where a message of <paramref name="topic"/> goes that nobody can read.</summary>
    public static string DeadLettersOf(string topic) => topic + ".dlq";
}
