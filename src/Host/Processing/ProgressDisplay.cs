using EventPipeline.Projections.Jobs;
using Spectre.Console;

namespace EventPipeline.Host.Processing;

/// <summary>Shows a <see cref="ProgressBoard"/> on stderr: a bar per stage on a terminal, a line per change elsewhere.</summary>
internal static class ProgressDisplay
{
    /// <summary>Runs <paramref name="follow"/> and shows the board whenever it says that it changed.</summary>
    public static Task<T> ShowAsync<T>(ProgressBoard board, Func<Action, Task<T>> follow) =>
        Console.IsErrorRedirected ? ShowLinesAsync(board, follow) : ShowBarsAsync(board, follow);

    private static Task<T> ShowBarsAsync<T>(ProgressBoard board, Func<Action, Task<T>> follow)
    {
        return Terminal
            .Errors()
            .Progress()
            .AutoRefresh(true)
            .Columns(
                new TaskDescriptionColumn { Alignment = Justify.Left },
                new ProgressBarColumn(),
                new PercentageColumn(),
                new ElapsedTimeColumn()
            )
            .StartAsync(async context =>
            {
                var bars = board.Stages.ToDictionary(
                    stage => stage,
                    stage => context.AddTask(Markup.Escape(stage.Name), autoStart: false)
                );
                return await follow(() =>
                {
                    foreach (var (stage, bar) in bars)
                    {
                        if (stage.IsStarted && !bar.IsStarted)
                            bar.StartTask();
                        bar.Description = Markup.Escape(Describe(stage));
                        bar.Value = stage.IsDone ? 100 : stage.Percent;
                        if (stage.IsDone && !bar.IsFinished)
                            bar.StopTask();
                    }
                });
            });
    }

    private static Task<T> ShowLinesAsync<T>(ProgressBoard board, Func<Action, Task<T>> follow)
    {
        var shown = new Dictionary<string, string>(StringComparer.Ordinal);
        return follow(() =>
        {
            foreach (var stage in board.Stages.Where(stage => stage.IsStarted))
            {
                var line =
                    stage.IsDone ? $"{stage.Name}: {(stage.IsSkipped ? "skipped" : "done")}"
                    : stage.IsWaiting ? $"{stage.Name}: {stage.Activity}"
                    : $"{stage.Name}: {Math.Floor(stage.Percent / 25) * 25:0} %";
                if (shown.GetValueOrDefault(stage.Name) == line)
                    continue;
                shown[stage.Name] = line;
                Console.Error.WriteLine(line);
            }
        });
    }

    private static string Describe(StageProgress stage)
    {
        var items = stage.Items > 1 ? $" {stage.ItemsSettled}/{stage.Items}" : "";
        var activity = stage.Activity.Length > 0 && !stage.IsDone ? $" ({stage.Activity})" : "";
        return stage.Name + items + activity;
    }
}
