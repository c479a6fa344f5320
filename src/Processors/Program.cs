namespace EventPipeline.Processors;

internal static class Program
{
    private static void Main() { }
}
