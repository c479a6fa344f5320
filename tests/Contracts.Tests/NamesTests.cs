using CsCheck;

namespace EventPipeline.Contracts.Tests;

/// <summary>Names that are written down somewhere: ids, keys, topics, pipelines.</summary>
public sealed class NamesTests
{
    private const string Sha = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
    private static readonly Guid Video = new("0198c0de-0000-7000-8000-000000000001");

    [Fact]
    public void Derived_identifiers_are_the_ones_they_always_were()
    {
        Identifiers.Derive("a", "b").ToString().ShouldBe("7e18f737-311b-8dc3-b2f2-69dd78396b03");
        Identifiers.Video("owner", Sha).ToString().ShouldBe("378ab5ac-213a-8655-849b-d33b6a278709");
        Identifiers.Video("owner", Sha).ShouldBe(Identifiers.Derive("video", "owner", Sha));
    }

    [Fact]
    public void Derived_identifiers_are_version_8_uuids() =>
        Gen.String.Sample(part =>
        {
            var id = Identifiers.Derive(part).ToString();
            return id[14] == '8' && "89ab".Contains(id[19]);
        });

    [Fact]
    public void Keys_in_the_object_store_are_verbatim()
    {
        const string Id = "0198c0de-0000-7000-8000-000000000001";
        ObjectKeys.Source(Video, ".mp4").ShouldBe($"videos/raw/{Id}/original.mp4");
        ObjectKeys.Clip(Video, "clip-001", Sha, ".mp4").ShouldBe($"videos/clips/{Id}/clip_001.9f86d081884c7d65.mp4");
        ObjectKeys.Thumbnail(Video, "clip-001", Sha, ".jpg").ShouldBe($"thumbnails/{Id}/clip_001.9f86d081884c7d65.jpg");
        ObjectKeys.Transcript(Video, Sha, ".srt").ShouldBe($"transcripts/{Id}/transcript.9f86d081884c7d65.srt");
        ObjectKeys.Audio(Video, "chunk-0001", Sha).ShouldBe($"audio/{Id}/chunk_0001.9f86d081884c7d65.wav");
        ObjectKeys.Facts(Video, "features", Sha).ShouldBe($"facts/{Id}/features.9f86d081884c7d65.json");
    }

    [Fact]
    public void Topics_and_groups_are_verbatim_and_carry_the_prefix()
    {
        Names(new Topics())
            .ShouldBe([
                "events.videos",
                "events.jobs",
                "stage.results",
                "stage.progress",
                "stage.probe",
                "stage.probe.dlq",
                "stage.probe",
                "coordinator",
            ]);
        Names(new Topics("staging.")).ShouldBe(Names(new Topics()).Select(name => "staging." + name));
        Topics.DeadLettersOf("stage.results").ShouldBe("stage.results.dlq");
        Topics.DeadLettersOf(new Topics("x.").Stage("probe")).ShouldBe(new Topics("x.").DeadLetters("probe"));

        static string[] Names(Topics topics) =>
            [
                topics.VideoEvents,
                topics.JobEvents,
                topics.Results,
                topics.Progress,
                topics.Stage("probe"),
                topics.DeadLetters("probe"),
                topics.StageGroup("probe"),
                topics.ResultsGroup,
            ];
    }

    [Fact]
    public void Pipelines_are_found_by_their_name_and_list_stages_after_those_they_need()
    {
        foreach (var (name, pipeline) in Pipelines.All)
        {
            name.ShouldBe(pipeline.Name);
            var before = new HashSet<string>();
            foreach (var stage in pipeline.Stages)
            {
                stage.Needs.ShouldBeSubsetOf(before, $"{name}/{stage.Name}");
                if (stage.ForEach is { } forEach)
                    stage.Needs.ShouldContain(forEach);
                before.Add(stage.Name).ShouldBeTrue();
            }
        }
    }
}
