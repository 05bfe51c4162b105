// A device makes itself known, with its key or without one.
using Mumu.Hub.Storage;
using Mumu.Signaling;
using Mumu.Signaling.Rest;

namespace Mumu.Hub.Devices;

/// <summary>The outcome of a registration.</summary>
internal enum RegistrationOutcome
{
    New,
    Known,

    /// <summary>A key was given and the signature does not fit, or the times differ too much.</summary>
    BadProof,

    /// <summary>The id belongs to another key.</summary>
    OtherKey,

    /// <summary>The id belongs to a key and none was given.</summary>
    KeyMissing,

    /// <summary>The id was paired without a key, so a key can't be bound to it by whoever knows the id.</summary>
    OwnedWithoutKey,
}

/// <summary>An id is bound to the first key that registers it, for ever.</summary>
internal sealed class DeviceRegistration(DeviceStore devices, TimeProvider time)
{
    private static readonly TimeSpan ClockDifference = TimeSpan.FromMinutes(5);

    /// <param name="request">Its <see cref="RegisterDeviceRequest.DeviceId"/> is a device id.</param>
    public async Task<RegistrationOutcome> RegisterAsync(RegisterDeviceRequest request)
    {
        string deviceId = request.DeviceId!;
        string? key = null;
        if (request.PublicKey is not null)
        {
            if (!IsProven(deviceId, request.PublicKey, request.Time, request.Signature, out string canonical))
            {
                return RegistrationOutcome.BadProof;
            }

            key = canonical;
        }

        string name = string.IsNullOrWhiteSpace(request.DeviceName) ? deviceId : request.DeviceName.Trim();
        if (await devices.AddAsync(deviceId, name, request.DeviceType ?? "camera", key))
        {
            return RegistrationOutcome.New;
        }

        Device known = (await devices.FindAsync(deviceId))!;
        if (known.PublicKey == key)
        {
            return RegistrationOutcome.Known;
        }

        if (key is null)
        {
            return RegistrationOutcome.KeyMissing;
        }

        if (known.PublicKey is not null)
        {
            return RegistrationOutcome.OtherKey;
        }

        return await devices.BindKeyAsync(known.Id, key) ? RegistrationOutcome.Known : RegistrationOutcome.OwnedWithoutKey;
    }

    /// <summary>Whether the holder of the key signed <see cref="DeviceProof.RegisterText"/> just now.</summary>
    public bool IsProven(string deviceId, string publicKey, long? at, string? signature, out string canonical)
    {
        return DeviceKey.TryParse(publicKey, out canonical)
            && at is { } seconds
            && Math.Abs((double)(time.Now() / 1000) - seconds) <= ClockDifference.TotalSeconds
            && DeviceKey.Verify(canonical, DeviceProof.RegisterText(deviceId, publicKey, seconds), signature);
    }
}
