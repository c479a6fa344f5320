using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace EventPipeline.TestSupport;

/// <summary>
/// Free loopback ports from below the range that outgoing connections use, so that a port is still free when the
/// server that it is meant for binds it.
/// </summary>
public static class FreePort
{
    private const int Lowest = 15_000;
    private const int Highest = 30_000;
    private static readonly HashSet<int> Given = [];

    /// <summary>A port that was free a moment ago and that this process has not been given before.</summary>
    public static int Next()
    {
        lock (Given)
        {
            while (true)
            {
                var port = RandomNumberGenerator.GetInt32(Lowest, Highest);
                if (IsFree(port) && Given.Add(port))
                    return port;
            }
        }
    }

    private static bool IsFree(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
