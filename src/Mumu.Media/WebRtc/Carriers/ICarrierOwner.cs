// Who a carrier belongs to.
namespace Mumu.Media.WebRtc.Carriers;

/// <summary>Who takes the messages of a <see cref="Carrier"/>: a relay, or a viewer's own connection.</summary>
internal interface ICarrierOwner
{
    /// <summary>The viewer it belongs to; null once that is gone.</summary>
    Viewer? Viewer { get; }

    /// <summary>Messages wait, or the carrier has failed. On the loop's thread.</summary>
    void OnReady(TimeSpan now);
}
