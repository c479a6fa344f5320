namespace EventPipeline.Projections;

internal static class Program
{
    private static void Main() { }
}
