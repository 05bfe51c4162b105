// What the server of a TCP protocol needs of each of its connections.
using System.Net;

namespace Mumu.Media.Outputs.Connections;

/// <summary>One client's connection.</summary>
internal interface IServedConnection : IDisposable
{
    /// <summary>Where the client is.</summary>
    IPEndPoint Remote { get; }

    /// <summary>True once it has a part in a path: such a connection is not given up for a newcomer.</summary>
    bool IsEstablished { get; }

    /// <summary>Ends the connection soon; from any thread.</summary>
    void Abort(string reason);

    /// <summary>Ends what is overdue; called now and then.</summary>
    void Check(TimeSpan now);

    /// <summary>Runs to the end; the reason is a sentence.</summary>
    /// <param name="established">Called once it has a part in a path.</param>
    Task<string> RunAsync(Action established);
}
