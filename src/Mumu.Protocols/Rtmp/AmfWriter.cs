// Writes values in AMF0.
using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Mumu.Protocols.Rtmp;

/// <summary>Writes the values of a message.</summary>
public static class AmfWriter
{
    /// <summary>The values one after the other.</summary>
    public static byte[] Write(params ReadOnlySpan<AmfValue> values)
    {
        var output = new ArrayBufferWriter<byte>(256);
        foreach (var value in values)
        {
            Write(output, value);
        }
        return output.WrittenSpan.ToArray();
    }

    private static void Write(ArrayBufferWriter<byte> output, AmfValue value)
    {
        switch (value.Kind)
        {
            case AmfKind.Number:
                output.Write<byte>([0x00]);
                BinaryPrimitives.WriteDoubleBigEndian(output.GetSpan(8), value.Number);
                output.Advance(8);
                break;
            case AmfKind.Boolean:
                output.Write<byte>([0x01, (byte)(value.Boolean ? 1 : 0)]);
                break;
            case AmfKind.Text:
                WriteText(output, value.Text);
                break;
            case AmfKind.Object:
                output.Write<byte>([0x03]);
                foreach (var (name, member) in value.Members)
                {
                    WriteName(output, name);
                    Write(output, member);
                }
                output.Write<byte>([0, 0, 0x09]);
                break;
            case AmfKind.List:
                output.Write<byte>([0x0A]);
                BinaryPrimitives.WriteInt32BigEndian(output.GetSpan(4), value.Members.Count);
                output.Advance(4);
                foreach (var (_, element) in value.Members)
                {
                    Write(output, element);
                }
                break;
            default:
                output.Write<byte>([0x05]);
                break;
        }
    }

    private static void WriteText(ArrayBufferWriter<byte> output, string text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        if (length <= ushort.MaxValue)
        {
            output.Write<byte>([0x02]);
            WriteName(output, text);
            return;
        }
        output.Write<byte>([0x0C]);
        BinaryPrimitives.WriteInt32BigEndian(output.GetSpan(4), length);
        output.Advance(4);
        Encoding.UTF8.GetBytes(text, output);
    }

    private static void WriteName(ArrayBufferWriter<byte> output, string name)
    {
        var length = Encoding.UTF8.GetByteCount(name);
        BinaryPrimitives.WriteUInt16BigEndian(output.GetSpan(2), checked((ushort)length));
        output.Advance(2);
        Encoding.UTF8.GetBytes(name, output);
    }
}
