namespace EventPipeline.TestSupport.Lectures;

/// <summary>What a made lecture says and shows.</summary>
public sealed record LectureScript(IReadOnlyList<LectureTopic> Topics);

/// <summary>Sentences about one thing.</summary>
/// <param name="Title">Stands on the first slide of the topic.</param>
/// <param name="SecondSlide">Text of another slide that comes up at the sentence in the middle; null for none.</param>
public sealed record LectureTopic(string Title, IReadOnlyList<string> Sentences, string? SecondSlide = null);

/// <summary>How a lecture is made.</summary>
/// <param name="Voice">One of flite's voices: <c>slt</c>, <c>rms</c>, <c>awb</c>, <c>kal</c>, <c>kal16</c>.</param>
/// <param name="NoiseDecibels">Level of pink noise under everything, dBFS; null for digital silence in the pauses.</param>
/// <param name="PictureInPicture">A moving picture at the bottom right, where a camera would be.</param>
/// <param name="Captions">The sentences as an embedded subtitle stream.</param>
/// <param name="Seed">Of the lengths of the pauses: the same seed gives the same lecture.</param>
public sealed record LectureOptions(
    string Voice = "slt",
    double? NoiseDecibels = null,
    bool PictureInPicture = false,
    bool Captions = false,
    int Width = 640,
    int Height = 360,
    int FrameRate = 12,
    int Seed = 1
);
