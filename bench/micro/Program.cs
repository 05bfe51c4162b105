// Small figures: what one packet, one frame and one handshake cost. dotnet run -c Release --project bench/micro
using Mumu.Micro;

Figures.Print("SRTP protect, AES-128-GCM", "ns a packet of 1,180 bytes", SrtpFigures.Protect(gcm: true));
Figures.Print("SRTP unprotect, AES-128-GCM", "ns a packet of 1,180 bytes", SrtpFigures.Unprotect(gcm: true));
Figures.Print("SRTP protect, AES-128-CM with HMAC-SHA1-80", "ns a packet of 1,180 bytes", SrtpFigures.Protect(gcm: false));
Figures.Print("SRTP unprotect, AES-128-CM with HMAC-SHA1-80", "ns a packet of 1,180 bytes", SrtpFigures.Unprotect(gcm: false));
Figures.Print("H.264 packetising", "ns a packet, once for all viewers", PacketizerFigure.Measure());
Figures.Print("DTLS handshake, both sides", "µs", HandshakeFigure.Measure());
Figures.Print("Data channel, messages of 256 KiB, both sides on one core", "MB/s", DataFigure.Measure(256 * 1024));
Figures.Print("Data channel, messages of 1 KiB, both sides on one core", "MB/s", DataFigure.Measure(1024));
Figures.Print("Simulator, 1280 × 720 at 2.5 Mbit/s", "µs of CPU a frame", await SimulatorFigure.MeasureAsync(TimeSpan.FromSeconds(10)));
