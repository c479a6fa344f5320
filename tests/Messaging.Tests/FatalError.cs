using System.Reflection;
using System.Runtime.InteropServices;
using Confluent.Kafka;

namespace EventPipeline.Messaging.Tests;

/// <summary>Brings a client into the state that it cannot leave any more, as librdkafka's own tests do.</summary>
internal static class FatalError
{
    private const int OutOfOrderSequenceNumber = 45;

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate int TestFatalError(IntPtr client, int code, [MarshalAs(UnmanagedType.LPUTF8Str)] string reason);

    public static void RaiseIn(IClient client)
    {
        var library = NativeLibrary.Load(
            Environment.GetEnvironmentVariable(KafkaLibrary.PathVariable)
                ?? Path.Combine(AppContext.BaseDirectory, "librdkafka.so")
        );
        var raise = Marshal.GetDelegateForFunctionPointer<TestFatalError>(
            NativeLibrary.GetExport(library, "rd_kafka_test_fatal_error")
        );
        raise(HandleOf(client).DangerousGetHandle(), OutOfOrderSequenceNumber, "The test wants it so.").ShouldBe(0);
    }

    /// <summary>Is closed when the client is.</summary>
    public static SafeHandle HandleOf(IClient client) =>
        (SafeHandle)
            typeof(Handle)
                .GetProperty("LibrdkafkaHandle", BindingFlags.Instance | BindingFlags.NonPublic)!
                .GetValue(client.Handle)!;
}
