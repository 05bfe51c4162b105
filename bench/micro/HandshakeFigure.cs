// What a DTLS handshake costs, both sides together.
using Mumu.Protocols.Dtls;

namespace Mumu.Micro;

internal static class HandshakeFigure
{
    public static double Measure()
    {
        using var ours = DtlsCertificate.Create();
        using var theirs = DtlsCertificate.Create();
        var buffer = new byte[1_500];
        return Figures.Best(() => Shake(ours, theirs, buffer)) / 1_000;
    }

    private static void Shake(DtlsCertificate ours, DtlsCertificate theirs, byte[] buffer)
    {
        using var server = new DtlsTransport(ours, DtlsRole.Server, 1_200, theirs.Sha256);
        using var client = new DtlsTransport(theirs, DtlsRole.Client, 1_200, ours.Sha256);
        server.Start(TimeSpan.Zero);
        client.Start(TimeSpan.Zero);
        while (server.State != DtlsState.Connected || client.State != DtlsState.Connected)
        {
            if (!Carry(client, server, buffer) & !Carry(server, client, buffer))
            {
                throw new InvalidOperationException($"The handshake stopped: {client.Failure ?? server.Failure}");
            }
        }
    }

    private static bool Carry(DtlsTransport from, DtlsTransport to, byte[] buffer)
    {
        var any = false;
        while (from.TryTransmit(buffer, out var length))
        {
            to.Receive(buffer.AsSpan(0, length), TimeSpan.Zero);
            any = true;
        }
        return any;
    }
}
