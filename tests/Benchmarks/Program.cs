namespace EventPipeline.Benchmarks;

internal static class Program
{
    private static void Main() { }
}
