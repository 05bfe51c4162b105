// A device with a key, as an agent would be.
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Mumu.Signaling;

namespace Mumu.Hub.Tests.Hosting;

public sealed class TestDevice(HubHost host, string id) : IDisposable
{
    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public string Id { get; } = id;

    public string PublicKey => Base64Url.EncodeToString(key.ExportSubjectPublicKeyInfo());

    public long Now => host.Time.GetUtcNow().ToUnixTimeSeconds();

    public static async Task<TestDevice> RegisteredAsync(HubHost host, string id = "mumu-0011223344556677")
    {
        var device = new TestDevice(host, id);
        Reply reply = await device.RegisterAsync();
        Assert.Equal(200, reply.Status);
        return device;
    }

    public string Sign(string text) =>
        Base64Url.EncodeToString(
            key.SignData(Encoding.UTF8.GetBytes(text), HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation)
        );

    public Task<Reply> RegisterAsync(long? time = null, string? name = "Hall") =>
        host.PostAsync(
            "/api/devices/register",
            new
            {
                device_id = Id,
                device_name = name,
                public_key = PublicKey,
                time = time ?? Now,
                signature = Sign(DeviceProof.RegisterText(Id, PublicKey, time ?? Now)),
            }
        );

    public async Task<SocketClient> ConnectAsync()
    {
        SocketClient client = await SocketClient.ConnectAsync(host, "/ws/device");
        await client.SendAsync("hello", new { device_id = Id });
        JsonObject challenge = await client.ExpectPayloadAsync("challenge");
        await client.SendAsync("hello", new { device_id = Id, proof = Sign(DeviceProof.HelloText(Id, (string)challenge["nonce"]!)) });
        JsonObject ack = await client.ExpectPayloadAsync("hello_ack");
        Assert.Equal(Id, (string?)ack["device_id"]);
        return client;
    }

    /// <summary>A code by the device's own signature.</summary>
    public async Task<string> CodeAsync()
    {
        Reply reply = await host.SendAsync(
            HttpMethod.Post,
            $"/api/pairing/generate?device_id={Id}",
            headers:
            [
                ("X-Device-Time", Now.ToString(System.Globalization.CultureInfo.InvariantCulture)),
                ("X-Device-Signature", Sign(DeviceProof.RegisterText(Id, PublicKey, Now))),
            ]
        );
        Assert.Equal(200, reply.Status);
        return (string)reply.Json["code"]!;
    }

    public async Task PairAsync(string token)
    {
        Reply reply = await host.PostAsync("/api/devices/pair", new { pairing_code = await CodeAsync() }, token);
        Assert.Equal(200, reply.Status);
    }

    public void Dispose() => key.Dispose();
}
