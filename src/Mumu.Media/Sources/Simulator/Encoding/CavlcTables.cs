// The code words of CAVLC (ITU-T H.264 tables 9-5 and 9-7 to 9-10).
using System.Globalization;

namespace Mumu.Media.Sources.Simulator.Encoding;

/// <summary>A code word: its bits and how many they are.</summary>
internal readonly record struct CodeWord(ushort Bits, byte Length);

/// <summary>The variable-length codes that residual blocks are written with.</summary>
internal static class CavlcTables
{
    /// <summary>Which table of <see cref="CoefficientToken"/> a chroma DC block uses.</summary>
    public const int ChromaDc = 4;

    // One text a count of coefficients from 0 up; within it one word a count of trailing ones from 0 up.
    private static readonly string[] TokensBelow2 =
    [
        "1",
        "000101 01",
        "00000111 000100 001",
        "000000111 00000110 0000101 00011",
        "0000000111 000000110 00000101 000011",
        "00000000111 0000000110 000000101 0000100",
        "0000000001111 00000000110 0000000101 00000100",
        "0000000001011 0000000001110 00000000101 000000100",
        "0000000001000 0000000001010 0000000001101 0000000100",
        "00000000001111 00000000001110 0000000001001 00000000100",
        "00000000001011 00000000001010 00000000001101 0000000001100",
        "000000000001111 000000000001110 00000000001001 00000000001100",
        "000000000001011 000000000001010 000000000001101 00000000001000",
        "0000000000001111 000000000000001 000000000001001 000000000001100",
        "0000000000001011 0000000000001110 0000000000001101 000000000001000",
        "0000000000000111 0000000000001010 0000000000001001 0000000000001100",
        "0000000000000100 0000000000000110 0000000000000101 0000000000001000",
    ];

    private static readonly string[] TokensBelow4 =
    [
        "11",
        "001011 10",
        "000111 00111 011",
        "0000111 001010 001001 0101",
        "00000111 000110 000101 0100",
        "00000100 0000110 0000101 00110",
        "000000111 00000110 00000101 001000",
        "00000001111 000000110 000000101 000100",
        "00000001011 00000001110 00000001101 0000100",
        "000000001111 00000001010 00000001001 000000100",
        "000000001011 000000001110 000000001101 00000001100",
        "000000001000 000000001010 000000001001 00000001000",
        "0000000001111 0000000001110 0000000001101 000000001100",
        "0000000001011 0000000001010 0000000001001 0000000001100",
        "0000000000111 00000000001011 0000000000110 0000000001000",
        "00000000001001 00000000001000 00000000001010 0000000000001",
        "00000000000111 00000000000110 00000000000101 00000000000100",
    ];

    private static readonly string[] TokensBelow8 =
    [
        "1111",
        "001111 1110",
        "001011 01111 1101",
        "001000 01100 01110 1100",
        "0001111 01010 01011 1011",
        "0001011 01000 01001 1010",
        "0001001 001110 001101 1001",
        "0001000 001010 001001 1000",
        "00001111 0001110 0001101 01101",
        "00001011 00001110 0001010 001100",
        "000001111 00001010 00001101 0001100",
        "000001011 000001110 00001001 00001100",
        "000001000 000001010 000001101 00001000",
        "0000001101 000000111 000001001 000001100",
        "0000001001 0000001100 0000001011 0000001010",
        "0000000101 0000001000 0000000111 0000000110",
        "0000000001 0000000100 0000000011 0000000010",
    ];

    private static readonly string[] TokensChromaDc =
    [
        "01",
        "000111 1",
        "000100 000110 001",
        "000011 0000011 0000010 000101",
        "000010 00000011 00000010 0000000",
    ];

    // One text a count of coefficients from 1 up; within it one word a count of zeros from 0 up.
    private static readonly string[] Zeros =
    [
        "1 011 010 0011 0010 00011 00010 000011 000010 0000011 0000010 00000011 00000010 000000011 000000010 000000001",
        "111 110 101 100 011 0101 0100 0011 0010 00011 00010 000011 000010 000001 000000",
        "0101 111 110 101 0100 0011 100 011 0010 00011 00010 000001 00001 000000",
        "00011 111 0101 0100 110 101 100 0011 011 0010 00010 00001 00000",
        "0101 0100 0011 111 110 101 100 011 0010 00001 0001 00000",
        "000001 00001 111 110 101 100 011 010 0001 001 000000",
        "000001 00001 101 100 011 11 010 0001 001 000000",
        "000001 0001 00001 011 11 10 010 001 000000",
        "000001 000000 0001 11 10 001 01 00001",
        "00001 00000 001 11 10 01 0001",
        "0000 0001 001 010 1 011",
        "0000 0001 01 1 001",
        "000 001 1 01",
        "00 01 1",
        "0 1",
    ];

    private static readonly string[] ZerosChromaDc = ["1 01 001 000", "1 01 00", "1 0"];

    // One text a count of zeros left, from 1 up to "7 or more"; within it one word a run from 0 up.
    private static readonly string[] Runs =
    [
        "1 0",
        "1 01 00",
        "11 10 01 00",
        "11 10 01 001 000",
        "11 10 011 010 001 000",
        "11 000 001 011 010 101 100",
        "111 110 101 100 011 010 001 0001 00001 000001 0000001 00000001 000000001 0000000001 00000000001",
    ];

    /// <summary>coeff_token by [table][4 × coefficients + trailing ones]; tables for contexts 0–1, 2–3, 4–7, 8 and more, chroma DC.</summary>
    public static readonly CodeWord[][] CoefficientToken =
    [
        Tokens(TokensBelow2),
        Tokens(TokensBelow4),
        Tokens(TokensBelow8),
        LongTokens(),
        Tokens(TokensChromaDc),
    ];

    /// <summary>total_zeros of a block of 15 or 16 by [coefficients - 1][zeros].</summary>
    public static readonly CodeWord[][] TotalZeros = Array.ConvertAll(Zeros, Words);

    /// <summary>total_zeros of a chroma DC block by [coefficients - 1][zeros].</summary>
    public static readonly CodeWord[][] TotalZerosChromaDc = Array.ConvertAll(ZerosChromaDc, Words);

    /// <summary>run_before by [min(zeros left, 7) - 1][run].</summary>
    public static readonly CodeWord[][] RunBefore = Array.ConvertAll(Runs, Words);

    private static CodeWord[] Words(string text) =>
        [
            .. text.Split(' ')
                .Select(word => new CodeWord(
                    ushort.Parse(word, NumberStyles.AllowBinarySpecifier, CultureInfo.InvariantCulture),
                    (byte)word.Length
                )),
        ];

    private static CodeWord[] Tokens(string[] lines)
    {
        var table = new CodeWord[4 * lines.Length];
        for (var count = 0; count < lines.Length; count++)
        {
            Words(lines[count]).CopyTo(table, 4 * count);
        }
        return table;
    }

    /// <summary>Contexts from 8 up use six bits: the count less one, and the trailing ones.</summary>
    private static CodeWord[] LongTokens()
    {
        var table = new CodeWord[4 * 17];
        for (var i = 4; i < table.Length; i++)
        {
            table[i] = new CodeWord((ushort)(i - 4), 6);
        }
        table[0] = new CodeWord(3, 6); // No coefficient at all takes the word that three ones of one coefficient can't need.
        return table;
    }
}
