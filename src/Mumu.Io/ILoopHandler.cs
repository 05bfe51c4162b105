// What a loop drives: the owner of cores and sessions, all on the loop's thread.
using Mumu.Protocols.Stun;

namespace Mumu.Io;

/// <summary>
/// The driven side of a <see cref="UdpLoop{TCommand}"/>. Every call comes from the loop's one thread, so it needs no locks; none may block.
/// A turn is: commands, datagrams, commands, then one <see cref="OnTurn"/> that ticks what is due and writes what is to be sent.
/// </summary>
/// <typeparam name="TCommand">What other threads may ask of the handler.</typeparam>
public interface ILoopHandler<TCommand>
{
    /// <summary>A datagram came. The bytes may be changed and are valid during the call.</summary>
    void OnDatagram(Span<byte> datagram, in TransportAddress from, TimeSpan now);

    /// <summary>Another thread's command, in the order of posting.</summary>
    void OnCommand(TCommand command, TimeSpan now);

    /// <summary>Ticks what is due, writes into <paramref name="output"/>, and tells when to be called next at the latest; null waits for datagrams and commands alone.</summary>
    TimeSpan? OnTurn(UdpSendBatch output, TimeSpan now);
}
