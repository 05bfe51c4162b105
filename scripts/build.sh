# Builds the web app and the program into artifacts/mumu, only where something changed; sourced by ./run and ./test.
# shellcheck shell=bash

readonly PROGRAM_DIR="$ROOT/artifacts/mumu"

# is_stale STAMP PATH… : true when the stamp is missing or anything below the paths is newer (directories count, so deletions show).
is_stale() {
  local stamp=$1; shift
  [ ! -f "$stamp" ] || [ -n "$(find "$@" \( -name bin -o -name obj -o -name node_modules -o -name dist \) -prune -o -newer "$stamp" -print -quit 2>/dev/null)" ]
}

build_web() {
  local stamp="$ROOT/artifacts/web.stamp" begun
  is_stale "$stamp" "$ROOT/web" || [ ! -f "$ROOT/web/dist/index.html" ] || return 0
  need_node
  begun=$(mktemp -p "$ROOT/artifacts" begun.XXXXXX)
  if is_stale "$ROOT/web/node_modules/.package-lock.json" "$ROOT/web/package-lock.json"; then
    say "Installing the web app's packages …"
    (cd "$ROOT/web" && npm ci --silent --no-audit --no-fund >&2) || die "The web app's packages could not be installed. Try: cd web && npm ci"
  fi
  say "Building the web app …"
  (cd "$ROOT/web" && npm run --silent build >&2) || die "The web app did not build; the lines above say why."
  mv "$begun" "$stamp"
}

build_dotnet() {
  local stamp="$ROOT/artifacts/dotnet.stamp" begun
  is_stale "$stamp" "$ROOT/src" "$ROOT/Directory.Build.props" "$ROOT/Directory.Build.targets" "$ROOT/Directory.Packages.props" "$ROOT/global.json" "$ROOT/artifacts/web.stamp" \
    || [ ! -x "$PROGRAM_DIR/mumu" ] || return 0
  need_dotnet
  begun=$(mktemp -p "$ROOT/artifacts" begun.XXXXXX)
  say "Building the program …"
  dotnet publish "$ROOT/src/Mumu.Cli/Mumu.Cli.csproj" -c Release -o "$PROGRAM_DIR" -v quiet -p:WarningLevel=0 >&2 \
    || die "The program did not build; the lines above say why."
  mv "$begun" "$stamp"
}

# Several ./run at once (hub, agent, user add …) must not build over each other.
build_program() {
  mkdir -p "$ROOT/artifacts"
  exec 9>"$ROOT/artifacts/build.lock"
  if ! flock -n 9; then say "Waiting for another build …"; flock 9; fi
  need_libssl
  build_web
  build_dotnet
  # The program is framework-dependent: it starts with the SDK's own runtime, wherever that was found.
  need_dotnet
  DOTNET_ROOT=$(dirname "$(readlink -f "$(command -v dotnet)")"); export DOTNET_ROOT
  exec 9>&-
}
