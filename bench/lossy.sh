#!/usr/bin/env bash
# The figures of docs/performance.md for bad networks, taken again: ./bench/lossy.sh [SECONDS AT 20 % LOSS]
# Runs the tests of lossy paths, on loopback and through a relay of their own, and prints what became of the stream.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
dotnet build tests/Mumu.Media.Tests -c Release -v q -nologo
MUMU_LOSSY_SECONDS=${1:-600} dotnet tests/Mumu.Media.Tests/bin/Release/net10.0/Mumu.Media.Tests.dll \
  -noColor -class Mumu.Media.Tests.WebRtc.Lossy.LossyPathTests -showLiveOutput
