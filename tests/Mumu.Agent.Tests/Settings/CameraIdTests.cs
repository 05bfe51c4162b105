// Ids made from names.
using Mumu.Agent.Settings;

namespace Mumu.Agent.Tests.Settings;

public sealed class CameraIdTests
{
    [Theory]
    [InlineData("Front door", "front-door")]
    [InlineData("  Garage #2! ", "garage-2")]
    [InlineData("Türe", "ture")]
    [InlineData("玄関", "camera")]
    [InlineData("taken", "taken-3")]
    public void A_name_makes_an_id(string name, string id)
    {
        var made = CameraId.FromName(name, i => i is "taken" or "taken-2");
        Assert.Equal(id, made);
        Assert.True(CameraId.IsValid(made));
    }

    [Fact]
    public void A_very_long_name_still_makes_an_id() => Assert.True(CameraId.IsValid(CameraId.FromName(new string('x', 1000), _ => false)));
}
