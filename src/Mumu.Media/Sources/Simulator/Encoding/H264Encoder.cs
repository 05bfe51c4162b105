// A small H.264 encoder, all in C#: enough for the simulator, exact to the bit.
using Mumu.Protocols.Codecs;

namespace Mumu.Media.Sources.Simulator.Encoding;

/// <summary>
/// Encodes pictures as constrained baseline H.264 with CAVLC: one slice, one reference, no motion, no deblocking. The caller draws into <see cref="Source"/> and marks what it
/// changed in <see cref="Dirty"/>; the rest is skipped at almost no cost. Allocates nothing after construction.
/// </summary>
internal sealed class H264Encoder
{
    // A macroblock has 384 coefficients, and CAVLC's longest word for one is 29 bits; with tokens and runs that stays below this.
    private const int MaxMacroblockBytes = 1536;

    private readonly BitWriter _bits;
    private readonly MacroblockCoder _macroblocks;
    private uint _frameNumber;
    private uint _idrId;

    public H264Encoder(int width, int height, int framesPerSecond)
    {
        Source = new Picture(width, height);
        Reconstruction = new Picture(width, height);
        Dirty = new bool[Source.Columns * Source.Rows];
        _bits = new BitWriter(Dirty.Length * MaxMacroblockBytes + 64);
        _macroblocks = new MacroblockCoder(Source, Reconstruction, _bits);
        Headers = SequenceHeaders.Make(Source, framesPerSecond);
    }

    /// <summary>What is to be encoded.</summary>
    public Picture Source { get; }

    /// <summary>What the decoder has after the last picture; also the reference for the next: without motion, each macroblock is replaced only after it was used.</summary>
    public Picture Reconstruction { get; }

    /// <summary>Macroblocks whose source has changed since they were last encoded, row by row; cleared by encoding.</summary>
    public bool[] Dirty { get; }

    /// <summary>SPS and PPS, length-prefixed, for the front of each IDR picture.</summary>
    public byte[] Headers { get; }

    /// <summary>Bits of this picture so far, for <see cref="LateDrawing"/>.</summary>
    public int BitsWritten => _bits.BitCount;

    /// <summary>Draws a macroblock, by its index, just before its turn, for macroblocks from <see cref="LateFrom"/> on: a caller that fills up a bit budget.</summary>
    public Action<int>? LateDrawing { get; set; }

    /// <summary>The first macroblock that <see cref="LateDrawing"/> is called for.</summary>
    public int LateFrom { get; set; } = int.MaxValue;

    /// <summary>Bytes that <see cref="Encode"/> may need.</summary>
    public int MaxLength => Dirty.Length * MaxMacroblockBytes * 3 / 2 + 128;

    /// <summary>Encodes the picture as one length-prefixed slice and returns its bytes. The quantisation parameter is 4 (fine) to 51 (coarse).</summary>
    public int Encode(Span<byte> destination, bool isIdr, int parameter)
    {
        if (isIdr)
        {
            _frameNumber = 0;
            _idrId ^= 1; // Two IDR pictures in a row must differ in it.
        }
        _bits.Reset();
        WriteSliceHeader(isIdr, parameter);
        _macroblocks.BeginPicture(parameter, isIdr);
        if (isIdr)
        {
            Array.Fill(Dirty, true);
        }
        CodeMacroblocks();
        _macroblocks.EndPicture();
        _bits.Trail();
        _frameNumber = (_frameNumber + 1) & ((1 << SequenceHeaders.FrameNumberBits) - 1);
        return _bits.WriteNal(isIdr ? (byte)0x65 : (byte)0x41, destination);
    }

    private void CodeMacroblocks()
    {
        var at = 0;
        while (at < Dirty.Length)
        {
            if (at >= LateFrom)
            {
                LateDrawing?.Invoke(at);
            }
            if (!Dirty[at])
            {
                // To the next one that has changed, but never past one that may yet be drawn.
                var end = LateDrawing is null || at >= LateFrom ? Dirty.Length : LateFrom;
                var clean = at >= LateFrom ? 1 : Dirty.AsSpan(at, end - at).IndexOf(true);
                clean = clean < 0 ? end - at : clean;
                _macroblocks.Skip(clean);
                at += clean;
                continue;
            }
            Dirty[at] = false;
            _macroblocks.Code(at % Source.Columns, at / Source.Columns);
            at++;
        }
    }

    /// <summary>slice_header (ITU-T H.264 §7.3.3).</summary>
    private void WriteSliceHeader(bool isIdr, int parameter)
    {
        _bits.Unsigned(0); // first_mb_in_slice
        _bits.Unsigned(isIdr ? 7u : 5u); // slice_type: I or P, for all slices of the picture
        _bits.Unsigned(0); // pic_parameter_set_id
        _bits.Bits(_frameNumber, SequenceHeaders.FrameNumberBits);
        if (isIdr)
        {
            _bits.Unsigned(_idrId);
            _bits.Flag(false); // no_output_of_prior_pics_flag
            _bits.Flag(false); // long_term_reference_flag
        }
        else
        {
            _bits.Flag(false); // num_ref_idx_active_override_flag
            _bits.Flag(false); // ref_pic_list_modification_flag_l0
            _bits.Flag(false); // adaptive_ref_pic_marking_mode_flag
        }
        _bits.Signed(parameter - 26); // slice_qp_delta
        _bits.Unsigned(1); // disable_deblocking_filter_idc
    }
}
