using System.Globalization;
using System.Text;
using EventPipeline.Contracts;
using EventPipeline.Processors.Media;

namespace EventPipeline.Processors.Stages.Storyboard;

/// <summary>How many pictures, how large, and how they lie on the sheet. Pure.</summary>
/// <param name="Count">At most; a source may yield fewer.</param>
/// <param name="Interval">Seconds from one to the next; the first stands at 0.</param>
internal sealed record StoryboardPlan(int Count, double Interval, int Columns, PictureRegion Tile)
{
    private const int MostPictures = 100;
    private const double ShortestInterval = 1;
    private const int SheetColumns = 10;

    /// <summary>Long side of a tile of the sheet, in pixels; a thumbnail has twice that.</summary>
    private const int TileSide = 160;

    /// <summary>Longer sources are decoded by key frames only: a picture may then be a few seconds off, at a fiftieth of the cost.</summary>
    private const double WholeDecodeSeconds = 60;

    /// <summary>Name pattern of the thumbnails.</summary>
    public const string ThumbnailPattern = "thumbnail-%03d.jpg";

    /// <summary>Name of the sheet.</summary>
    public const string SpriteFile = "sprite.jpg";

    public static StoryboardPlan Of(MediaProbed media)
    {
        var count = Math.Clamp((int)Math.Round(media.DurationSeconds / ShortestInterval), 1, MostPictures);
        var scale = (double)TileSide / Math.Max(media.Width, media.Height);
        return new StoryboardPlan(
            count,
            media.DurationSeconds / count,
            Math.Min(SheetColumns, count),
            new PictureRegion(0, 0, Even(media.Width * scale), Even(media.Height * scale))
        );
    }

    /// <summary>Thumbnails and the sheet in one decode.</summary>
    public MediaCommand Pictures(string source, string workingDirectory)
    {
        var isLong = Count * Interval > WholeDecodeSeconds;
        var rows = (Count + Columns - 1) / Columns;
        string[] encoding = ["-q:v", "5", "-flags:v", "+bitexact", "-fflags", "+bitexact"];
        return new MediaCommand(
            [new MediaInput(source, isLong ? ["-skip_frame", "nokey"] : [])],
            [
                "-filter_complex",
                $"[0:v:0]fps=1/{Number(Interval)}:start_time=0:round=up,split[large][small];"
                    + $"[large]scale={Tile.Width * 2}:{Tile.Height * 2},setsar=1[thumbnails];"
                    + $"[small]scale={Tile.Width}:{Tile.Height},setsar=1,tile={Columns}x{rows}:nb_frames={Count}[sprite]",
                "-map",
                "[sprite]",
                "-frames:v",
                "1",
                .. encoding,
                "-update",
                "1",
                SpriteFile,
                "-map",
                "[thumbnails]",
                "-frames:v",
                Count.ToString(CultureInfo.InvariantCulture),
                .. encoding,
                ThumbnailPattern,
            ],
            Count * Interval,
            workingDirectory
        );
    }

    /// <summary>Which time is in which box of the sheet, as players read it.</summary>
    /// <param name="spriteName">Name of the sheet, relative to this file.</param>
    /// <param name="found">How many pictures the sheet has.</param>
    public string Vtt(string spriteName, int found)
    {
        var text = new StringBuilder("WEBVTT\n\n");
        for (var i = 0; i < found; i++)
        {
            var end = i + 1 < found ? Interval * (i + 1) : Interval * Count;
            text.Append(
                CultureInfo.InvariantCulture,
                $"{Time(Interval * i)} --> {Time(end)}\n{spriteName}#xywh={i % Columns * Tile.Width},{i / Columns * Tile.Height},{Tile.Width},{Tile.Height}\n\n"
            );
        }
        return text.ToString();
    }

    /// <summary>The sound's picture.</summary>
    public static MediaCommand Waveform(string source, string output) =>
        new(
            [new MediaInput(source)],
            [
                "-filter_complex",
                "[0:a:0]aformat=channel_layouts=mono,showwavespic=s=1200x120:colors=#3b82f6:scale=sqrt[waveform]",
                "-map",
                "[waveform]",
                "-frames:v",
                "1",
                "-flags:v",
                "+bitexact",
                "-fflags",
                "+bitexact",
                "-update",
                "1",
                output,
            ]
        );

    private static string Time(double seconds)
    {
        var time = TimeSpan.FromMilliseconds(Math.Round(seconds * 1000));
        return string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours:00}:{time:mm\\:ss\\.fff}");
    }

    private static string Number(double value) => value.ToString("0.######", CultureInfo.InvariantCulture);

    private static int Even(double value) => Math.Max(2, (int)Math.Round(value / 2) * 2);
}
