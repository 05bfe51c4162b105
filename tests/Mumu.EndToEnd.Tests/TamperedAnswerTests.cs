// A hub that someone has taken over can refuse service, but not show other pictures: the page judges every answer before WebRTC sees it.
using Mumu.EndToEnd.Tests.Harness;

namespace Mumu.EndToEnd.Tests;

public sealed class TamperedAnswerTests(Browser browser, SharedInstallation shared)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Fact]
    public Task An_answer_with_another_certificate_is_refused() =>
        IsRefusedAsync(new OtherCertificate(), "signature_wrong", "The device's signature is wrong.");

    [Fact]
    public Task An_answer_with_a_damaged_signature_is_refused() =>
        IsRefusedAsync(new OtherSignature(), "signature_wrong", "The device's signature is wrong.");

    [Fact]
    public Task An_answer_without_its_signature_is_refused() =>
        IsRefusedAsync(new NoSignature(), "signature_missing", "The device did not prove who it is.");

    [Fact]
    public async Task An_answer_with_the_signature_of_an_earlier_session_is_refused()
    {
        await using var hub = await HostileHub.StartAsync(shared.Installation.Url);
        hub.Tampering = new OldSignature();
        await using var app = await CameraPage.SignInAsync(browser, hub.Url, SharedInstallation.Owner);
        await app.WaitForPictureAsync(app.Tile("simulator"));
        await app.Page.ReloadAsync();
        await ShowsNothingAsync(app, "signature_wrong", "The device's signature is wrong.");
    }

    [Fact]
    public async Task A_hub_that_signs_with_a_key_of_its_own_is_found_out_by_a_browser_that_knows_the_device()
    {
        await using var hub = await HostileHub.StartAsync(shared.Installation.Url);
        await using var app = await CameraPage.SignInAsync(browser, hub.Url, SharedInstallation.Owner);
        await app.WaitForPictureAsync(app.Tile("simulator"));
        using var tampering = new OwnKey();
        hub.Tampering = tampering;
        await app.Page.ReloadAsync();
        await ShowsNothingAsync(app, "key_changed", "This is not the device you paired.");
        await Shots.TakeAsync(app.Page, "refused");
        await app.By("review-device").ClickAsync();
        await app.By("trust-new-key").WaitForAsync();
    }

    [Fact]
    public async Task A_device_whose_key_is_not_the_pinned_one_is_refused()
    {
        await using var app = await CameraPage.SignInAsync(browser, shared.Installation.Url, SharedInstallation.Owner);
        await app.WaitForPictureAsync(app.Tile("simulator"));
        await app.Page.EvaluateAsync(
            """
            () => {
              const pins = JSON.parse(localStorage.getItem("mumu.device-keys"));
              for (const pin of Object.values(pins)) pin.publicKey = pin.publicKey.replace(/.{8}$/, "AAAAAAAA");
              localStorage.setItem("mumu.device-keys", JSON.stringify(pins));
            }
            """
        );
        await app.Page.ReloadAsync();
        await ShowsNothingAsync(app, "key_changed", "This is not the device you paired.");
    }

    private async Task IsRefusedAsync(Tampering tampering, string kind, string sentence)
    {
        await using var hub = await HostileHub.StartAsync(shared.Installation.Url);
        hub.Tampering = tampering;
        await using var app = await CameraPage.SignInAsync(browser, hub.Url, SharedInstallation.Owner);
        await ShowsNothingAsync(app, kind, sentence);
    }

    private static async Task ShowsNothingAsync(CameraPage app, string kind, string sentence)
    {
        var tile = app.Tile("simulator");
        await app.WaitForStateAsync(tile, "failed", Limit);
        var failure = tile.GetByTestId("failure");
        Assert.Equal(kind, await failure.GetAttributeAsync("data-kind"));
        Assert.Contains(sentence, await failure.TextContentAsync());
        // Nothing of the answer reached the browser's WebRTC stack, so no frame can ever come.
        Assert.Equal(0, await app.Page.EvaluateAsync<int>("probe.answers"));
        Assert.Equal(0, await CameraPage.FramesAsync(tile));
        Assert.True(await tile.GetByTestId("video").EvaluateAsync<bool>("v => v.srcObject === null && v.readyState === 0"));
    }
}
