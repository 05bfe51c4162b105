# Builds the test clients that are not C# (pion in Go, werift in JavaScript) into artifacts/clients; sourced by ./test.
# shellcheck shell=bash

readonly CLIENTS_DIR="$ROOT/artifacts/clients"
readonly CLIENTS_SOURCE="$ROOT/tests/Mumu.Interop.Tests/WebRtc/Clients"

# Debian's Go packages live in a GOPATH of their own; one that has a go.mod may name them with their major versions.
build_pion() {
  local work="$CLIENTS_DIR/go/src/mumu/pion"
  mkdir -p "$work" && cp "$CLIENTS_SOURCE/pion/main.go" "$work/" && printf 'module mumu/pion\n\ngo 1.19\n' >"$work/go.mod" || return 1
  (cd "$work" && GO111MODULE=off GOFLAGS='' GOPATH="$CLIENTS_DIR/go:/usr/share/gocode" GOCACHE="$CLIENTS_DIR/go-cache" go build -o "$CLIENTS_DIR/pion" .)
}

install_werift() {
  mkdir -p "$CLIENTS_DIR/werift" && cp "$CLIENTS_SOURCE"/werift/* "$CLIENTS_DIR/werift/" || return 1
  is_stale "$CLIENTS_DIR/werift/node_modules/.package-lock.json" "$CLIENTS_SOURCE/werift/package-lock.json" || return 0
  (cd "$CLIENTS_DIR/werift" && npm ci --silent --no-audit --no-fund)
}

build_clients() { need_node; build_pion && install_werift; }
