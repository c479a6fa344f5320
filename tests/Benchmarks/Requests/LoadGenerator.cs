using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Stopwatch = System.Diagnostics.Stopwatch;

namespace EventPipeline.Benchmarks.Requests;

/// <summary>Asks a server over a number of connections, on each as soon as the last answer has come. A thread and a blocking socket for each
/// connection: nothing of .NET costs less of the processor that it shares with the database. It is a process of its own: this program,
/// started with <see cref="Command"/> and a <see cref="LoadOrder"/>.</summary>
internal static class LoadGenerator
{
    public const string Command = "load-generator";

    // What is sent in the first moments finds caches of this process and of the processors empty.
    private static readonly TimeSpan Start = TimeSpan.FromMilliseconds(200);

    public static void Run(string order)
    {
        var it = JsonSerializer.Deserialize<LoadOrder>(File.ReadAllText(order))!;
        byte[][] requests = [.. it.Bodies.Select(body => Request(it.Path, body))];
        var times = new List<double>[it.Connections];
        Exception? failure = null;
        var began = Stopwatch.GetTimestamp();
        Thread[] threads =
        [
            .. Enumerable
                .Range(0, it.Connections)
                .Select(number => new Thread(() =>
                {
                    try
                    {
                        times[number] = Ask(it, requests, requests.Length * number / it.Connections, began);
                    }
                    catch (Exception exception)
                    {
                        failure = exception;
                    }
                })),
        ];
        foreach (var thread in threads)
            thread.Start();
        foreach (var thread in threads)
            thread.Join();
        if (failure is not null)
            throw new InvalidOperationException("The server did not answer all requests.", failure);
        double[] all = [.. times.SelectMany(time => time).Order()];
        var load = new Load(all.Length / it.Seconds, all[all.Length / 2], all[all.Length * 99 / 100], all.Length);
        Console.WriteLine(JsonSerializer.Serialize(load));
    }

    /// <returns>How long each request took, in milliseconds, without those that were sent in the first moments.</returns>
    private static List<double> Ask(LoadOrder order, byte[][] requests, int first, long began)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.NoDelay = true;
        socket.Connect(IPAddress.Loopback, order.Port);
        var times = new List<double>(1 << 14);
        var answer = new byte[1 << 16];
        var end = Start + TimeSpan.FromSeconds(order.Seconds);
        for (var at = first; ; at++)
        {
            var sent = Stopwatch.GetElapsedTime(began);
            if (sent > end)
                return times;
            socket.Send(requests[at % requests.Length]);
            Check(answer.AsSpan(0, Receive(socket, ref answer)));
            if (sent > Start)
                times.Add((Stopwatch.GetElapsedTime(began) - sent).TotalMilliseconds);
        }
    }

    private static int Receive(Socket socket, ref byte[] answer)
    {
        for (var length = 0; ; )
        {
            if (length == answer.Length)
                Array.Resize(ref answer, length * 2);
            var received = socket.Receive(answer, length, answer.Length - length, SocketFlags.None);
            if (received == 0)
                throw new InvalidOperationException("The server closed the connection.");
            length += received;
            if (IsWhole(answer.AsSpan(0, length)))
                return length;
        }
    }

    private static bool IsWhole(ReadOnlySpan<byte> answer)
    {
        var head = answer.IndexOf("\r\n\r\n"u8);
        if (head < 0)
            return false;
        var name = Encoding.ASCII.GetString(answer[..head]);
        var at = name.IndexOf("content-length:", StringComparison.OrdinalIgnoreCase);
        if (at < 0)
            return answer.EndsWith("\r\n0\r\n\r\n"u8); // JSON has no such line, and nothing follows before the next request.
        var value = name.AsSpan(at + "content-length:".Length);
        var line = value.IndexOf('\r');
        return answer.Length >= head + 4 + int.Parse(line < 0 ? value : value[..line]);
    }

    private static void Check(ReadOnlySpan<byte> answer)
    {
        if (!answer.StartsWith("HTTP/1.1 200"u8) || answer.IndexOf("\"errors\""u8) >= 0)
            throw new InvalidOperationException(Encoding.UTF8.GetString(answer));
    }

    private static byte[] Request(string path, string body) =>
        Encoding.UTF8.GetBytes(
            $"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nAccept: application/json\r\n"
                + $"Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}"
        );
}

/// <summary>What is asked.</summary>
/// <param name="Bodies">One after the other; each connection begins at another one.</param>
internal sealed record LoadOrder(int Port, string Path, IReadOnlyList<string> Bodies, int Connections, double Seconds);

/// <summary>How a server answered.</summary>
/// <param name="Rate">Requests a second.</param>
/// <param name="P50">Milliseconds.</param>
/// <param name="P99">Milliseconds.</param>
internal sealed record Load(double Rate, double P50, double P99, int Requests);
