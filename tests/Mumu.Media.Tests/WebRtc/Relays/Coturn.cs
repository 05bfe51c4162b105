// coturn on loopback with a settings file, a certificate and a folder of its own.
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Mumu.Media.WebRtc;
using Mumu.Protocols.Stun;
using Mumu.Tests.Shared;

namespace Mumu.Media.Tests.WebRtc.Relays;

internal sealed class Coturn : IAsyncDisposable
{
    public const string User = "anna";
    public const string Password = "sesame";
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mumu-coturn-");
    private readonly Process _process;
    private readonly int _plainPort = FreePort.Take();
    private readonly int _tlsPort = FreePort.Take();

    private Coturn(string[] settings)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        Roots = [X509CertificateLoader.LoadCertificate(certificate.RawData)];
        File.WriteAllText(In("cert.pem"), certificate.ExportCertificatePem());
        File.WriteAllText(In("key.pem"), key.ExportPkcs8PrivateKeyPem());
        File.WriteAllLines(
            In("turn.conf"),
            [
                "listening-ip=127.0.0.1",
                "relay-ip=127.0.0.1",
                string.Create(CultureInfo.InvariantCulture, $"listening-port={_plainPort}"),
                string.Create(CultureInfo.InvariantCulture, $"tls-listening-port={_tlsPort}"),
                "lt-cred-mech",
                $"user={User}:{Password}",
                "realm=mumu.test",
                "allow-loopback-peers",
                "no-cli",
                "no-multicast-peers",
                "fingerprint",
                $"cert={In("cert.pem")}",
                $"pkey={In("key.pem")}",
                $"userdb={In("turn.db")}",
                $"pidfile={In("turn.pid")}",
                $"log-file={In("turn.log")}",
                "simple-log",
                "verbose",
                .. settings,
            ]
        );
        var start = new ProcessStartInfo("turnserver") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(In("turn.conf"));
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, _) => { };
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public X509Certificate2Collection Roots { get; }

    /// <summary>What it has logged so far.</summary>
    public string Log
    {
        get
        {
            if (!File.Exists(In("turn.log")))
            {
                return "";
            }
            using var file = new FileStream(In("turn.log"), FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var reader = new StreamReader(file);
            return reader.ReadToEnd();
        }
    }

    public static async Task<Coturn> StartAsync(params string[] settings)
    {
        var coturn = new Coturn(settings);
        // Its listeners open one after the other, and one that cannot be opened is only logged.
        await coturn.WaitAsync(() => Accepts(coturn._plainPort) && Accepts(coturn._tlsPort));
        if (!settings.Contains("no-udp"))
        {
            await coturn.WaitAsync(() => Answers(coturn._plainPort));
        }
        return coturn;
    }

    public RelayServer Server(string transport, string? user = null, string? password = null) =>
        new(
            transport switch
            {
                "udp" => string.Create(CultureInfo.InvariantCulture, $"turn:127.0.0.1:{_plainPort}?transport=udp"),
                "tcp" => string.Create(CultureInfo.InvariantCulture, $"turn:127.0.0.1:{_plainPort}?transport=tcp"),
                _ => string.Create(CultureInfo.InvariantCulture, $"turns:localhost:{_tlsPort}?transport=tcp"),
            },
            user ?? User,
            password ?? Password
        );

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _folder.Delete(recursive: true);
    }

    private string In(string name) => Path.Combine(_folder.FullName, name);

    private async Task WaitAsync(Func<bool> condition)
    {
        var began = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.False(_process.HasExited || Stopwatch.GetElapsedTime(began).TotalSeconds > 30, $"coturn does not serve:\n{Log}");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    // Whether it answers a Binding request over UDP.
    private static bool Answers(int port)
    {
        var request = new byte[20];
        _ = new StunWriter(request, StunClass.Request, StunMethod.Binding, new StunTransactionId(1, 2));
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Connect(IPAddress.Loopback, port);
        try
        {
            socket.Send(request);
            return socket.Poll(TimeSpan.FromMilliseconds(200), SelectMode.SelectRead) && socket.Receive(new byte[1500]) > 0;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static bool Accepts(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Connect(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
