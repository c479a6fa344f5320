namespace EventPipeline.Host;

internal static class Program
{
    private static void Main() { }
}
