// The STUN reader against messages nobody should send: cut, bent, overlong, with attributes in forbidden places.
using System.Buffers.Binary;
using Mumu.Protocols.Stun;

namespace Mumu.Protocols.Tests.Stun;

public sealed class StunMessageTests
{
    private static readonly StunTransactionId Id = new(1, 2);

    [Fact]
    public void No_truncation_of_a_message_parses()
    {
        foreach (var vector in StunVectors.All)
        {
            for (var length = 0; length < vector.Length; length++)
            {
                Assert.False(StunMessage.TryParse(vector.AsSpan(0, length), out _));
            }
        }
    }

    [Fact]
    public void Truncations_with_a_matching_length_field_parse_or_not_but_never_throw()
    {
        foreach (var vector in StunVectors.All)
        {
            for (var length = StunMessage.HeaderLength; length < vector.Length; length++)
            {
                var cut = vector[..length];
                BinaryPrimitives.WriteUInt16BigEndian(cut.AsSpan(2), (ushort)(length - StunMessage.HeaderLength));
                ReadEverything(cut);
            }
        }
    }

    [Fact]
    public void Hundred_thousand_mutations_never_throw_and_never_pass_as_authentic()
    {
        var random = new Random(20260);
        var parsed = 0;
        for (var round = 0; round < 100_000; round++)
        {
            var vector = StunVectors.ForMutation[random.Next(StunVectors.ForMutation.Length)];
            var bent = vector.ToArray();
            for (var turns = random.Next(1, 5); turns > 0; turns--)
            {
                // Small values make plausible lengths and types.
                bent[random.Next(bent.Length)] = random.Next(3) == 0 ? (byte)random.Next(40) : (byte)random.Next(256);
            }
            // What follows the integrity is not covered by it, and not seen either.
            var covered = vector.AsSpan(0, Array.IndexOf(StunVectors.WithFingerprint, vector) < 0 ? vector.Length : vector.Length - 8);
            if (!ReadEverything(bent) || bent.AsSpan().StartsWith(covered))
            {
                continue;
            }
            parsed++;
            Assert.True(StunMessage.TryParse(bent, out var message));
            Assert.False(message.HasIntegrity(StunVectors.Password));
            Assert.False(message.HasIntegrity(StunVectors.LongTermMd5Key));
            Assert.False(message.HasIntegrity(StunVectors.LongTermSha256Key));
        }
        Assert.True(parsed > 10_000, "Hardly any mutation gets past the shape: the test shows little.");
    }

    [Fact]
    public void Random_bytes_behind_a_right_header_never_throw()
    {
        var random = new Random(4711);
        var bytes = new byte[StunMessage.MaxLength];
        for (var round = 0; round < 20_000; round++)
        {
            var length = StunMessage.HeaderLength + (random.Next(128) * 4);
            random.NextBytes(bytes);
            StunVectors.Request.AsSpan(0, StunMessage.HeaderLength).CopyTo(bytes);
            BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(2), (ushort)(length - StunMessage.HeaderLength));
            for (var at = StunMessage.HeaderLength; at < length; at += 4 + (bytes[at + 3] & 0x1F))
            {
                bytes[at + 2] = 0; // Plausible lengths, else the walk ends at the first attribute.
                bytes[at + 3] &= 0x1F;
                at &= ~3;
            }
            ReadEverything(bytes.AsSpan(0, length));
        }
    }

    [Fact]
    public void Attributes_behind_the_integrity_are_not_seen()
    {
        Span<byte> buffer = stackalloc byte[256];
        var writer = new StunWriter(buffer, StunClass.Request, StunMethod.Binding, Id);
        writer.Write(StunAttribute.Username, "a:b"u8);
        writer.WriteIntegrity(StunVectors.Password);
        writer.Write(StunAttribute.UseCandidate, default);
        writer.WriteFingerprint();
        Assert.True(StunMessage.TryParse(buffer[..writer.Length], out var message));
        Assert.True(message.HasIntegrity(StunVectors.Password));
        Assert.True(message.Has(StunAttribute.Username));
        Assert.False(message.Has(StunAttribute.UseCandidate));
        Assert.True(message.HasFingerprint);
    }

    [Fact]
    public void Nothing_may_follow_the_fingerprint()
    {
        Span<byte> buffer = stackalloc byte[256];
        var writer = new StunWriter(buffer, StunClass.Request, StunMethod.Binding, Id);
        writer.WriteFingerprint();
        writer.Write(StunAttribute.Username, "a:b"u8);
        Assert.False(StunMessage.TryParse(buffer[..writer.Length], out _));
    }

    [Fact]
    public void Of_a_repeated_attribute_the_first_counts()
    {
        Span<byte> buffer = stackalloc byte[256];
        var writer = new StunWriter(buffer, StunClass.Request, StunMethod.Binding, Id);
        writer.WriteUInt32(StunAttribute.Priority, 1);
        writer.WriteUInt32(StunAttribute.Priority, 2);
        Assert.True(StunMessage.TryParse(buffer[..writer.Length], out var message));
        Assert.True(message.TryGetUInt32(StunAttribute.Priority, out var priority));
        Assert.Equal(1u, priority);
    }

    [Fact]
    public void Finds_what_it_must_understand_and_does_not()
    {
        Span<byte> buffer = stackalloc byte[256];
        var writer = new StunWriter(buffer, StunClass.Request, StunMethod.Binding, Id);
        writer.WriteUInt32(StunAttribute.Priority, 1);
        writer.Write((StunAttribute)0x7001, "x"u8);
        writer.Write((StunAttribute)0x7001, "y"u8);
        writer.Write((StunAttribute)0xC057, "optional"u8);
        writer.Write((StunAttribute)0x0031, default);
        Assert.True(StunMessage.TryParse(buffer[..writer.Length], out var message));
        Span<ushort> unknown = stackalloc ushort[4];
        Assert.Equal(2, message.FindUnknownRequired([StunAttribute.Priority], unknown));
        Assert.Equal([0x7001, 0x0031], unknown[..2].ToArray());
    }

    [Fact]
    public void Error_codes_round_trip()
    {
        Span<byte> buffer = stackalloc byte[256];
        var writer = new StunWriter(buffer, StunClass.Error, StunMethod.Allocate, Id);
        writer.WriteError(StunError.RoleConflict, "Role Conflict"u8);
        writer.WriteUnknownAttributes([7, 8, 9]);
        Assert.True(StunMessage.TryParse(buffer[..writer.Length], out var message));
        Assert.Equal(StunClass.Error, message.Class);
        Assert.Equal(StunMethod.Allocate, message.Method);
        Assert.True(message.TryGetError(out var error));
        Assert.Equal(487, error.Code);
        Assert.Equal("Role Conflict"u8, error.Reason);
        Assert.True(message.TryGet(StunAttribute.UnknownAttributes, out var unknown));
        Assert.Equal(6, unknown.Length);
    }

    [Fact]
    public void Classes_and_methods_round_trip()
    {
        Span<byte> buffer = stackalloc byte[StunMessage.HeaderLength];
        foreach (var @class in Enum.GetValues<StunClass>())
        {
            for (var method = 0; method < 0x100; method++)
            {
                _ = new StunWriter(buffer, @class, (StunMethod)method, Id);
                Assert.True(StunMessage.TryParse(buffer, out var message));
                Assert.Equal((@class, method), (message.Class, (int)message.Method));
            }
        }
    }

    [Fact]
    public void The_receivers_fragment_leads_a_request_home()
    {
        Assert.True(StunUsername.TryGetLocalUfrag(StunVectors.Request, out var ufrag));
        Assert.Equal("evtj"u8, ufrag);
        Assert.False(StunUsername.TryGetLocalUfrag(StunVectors.IPv4Response, out _));
        Assert.False(StunUsername.TryGetLocalUfrag(StunVectors.LongTermRequest, out _)); // No colon.
    }

    [Fact]
    public void A_tag_leads_an_answer_home()
    {
        Assert.Equal(7u, StunTransactionId.Create(new Random(1), 7).Tag);
        Assert.True(StunTransactionId.TryReadTag(StunVectors.IPv4Response, out var tag));
        Assert.Equal(0xb7e7a701u, tag);
        Assert.False(StunTransactionId.TryReadTag([0x80, 0], out _));
    }

    [Fact]
    public void Reading_and_writing_allocate_nothing()
    {
        Span<byte> buffer = stackalloc byte[256];
        Work(buffer);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            Work(buffer);
        }
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        static void Work(Span<byte> buffer)
        {
            var writer = new StunWriter(buffer, StunClass.Success, StunMethod.Binding, Id);
            writer.WriteXorAddress(StunAttribute.XorMappedAddress, default);
            writer.WriteIntegrity(StunVectors.Password);
            writer.WriteFingerprint();
            _ = StunMessage.TryParse(buffer[..writer.Length], out var message) && message.HasIntegrity(StunVectors.Password);
        }
    }

    private static bool ReadEverything(ReadOnlySpan<byte> datagram)
    {
        StunUsername.TryGetLocalUfrag(datagram, out _);
        if (!StunMessage.TryParse(datagram, out var message))
        {
            return false;
        }
        foreach (var type in Enum.GetValues<StunAttribute>())
        {
            message.TryGet(type, out _);
            message.TryGetUInt32(type, out _);
            message.TryGetUInt64(type, out _);
            message.TryGetXorAddress(type, out _);
        }
        message.TryGetMappedAddress(out _);
        message.TryGetError(out _);
        message.FindUnknownRequired([], stackalloc ushort[8]);
        message.HasIntegrity(StunVectors.Password);
        return true;
    }
}
