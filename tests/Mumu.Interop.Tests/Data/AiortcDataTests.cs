// Data channels between the engine and aiortc.
using System.Diagnostics;
using System.Text.Json;
using Mumu.Interop.Tests.Rtsp;

namespace Mumu.Interop.Tests.Data;

public sealed class AiortcDataTests
{
    [Theory]
    [InlineData("video")]
    [InlineData("data")]
    public async Task Channels_of_every_kind_give_back_what_was_sent(string media)
    {
        await using var host = new DataHost();
        var script = Programs.InRepository("tests", "Mumu.Interop.Tests", "Data", "clients", "aiortc_channels.py");
        var start = new ProcessStartInfo("/usr/bin/python3", [script, media])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        start.Environment["PYTHONIOENCODING"] = "utf-8";
        using var python = Process.Start(start)!;
        var errors = python.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        try
        {
            var offer = (await ReadAsync("offer")).GetString()!;
            var session = await host.AnswerAsync(offer);
            await python.StandardInput.WriteLineAsync(JsonSerializer.Serialize(session.AnswerSdp));
            await python.StandardInput.FlushAsync(TestContext.Current.CancellationToken);

            Assert.Equal(
                [
                    "ours once||False|0|None",
                    "ours ordered|test|True|None|None",
                    "ours timed||True|None|700",
                    "ours unordered||False|None|None",
                ],
                (await ReadAsync("ours")).EnumerateArray().Select(kind => kind.GetString())
            );
            Assert.True((await ReadAsync("closed")).GetBoolean());
            Assert.Equal(10, host.Opened.Count);
        }
        finally
        {
            if (!python.HasExited)
            {
                python.Kill();
            }
        }

        async Task<JsonElement> ReadAsync(string name)
        {
            var line = await python
                .StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken)
                .AsTask()
                .WaitAsync(TimeSpan.FromSeconds(120));
            if (line is null)
            {
                throw new InvalidOperationException(await errors);
            }
            return JsonDocument.Parse(line).RootElement.GetProperty(name);
        }
    }
}
