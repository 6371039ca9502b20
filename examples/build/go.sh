#!/usr/bin/env bash
# Builds the example controllers in Go, with client-go. Their modules are too large to be committed: they are built where
# the toolchain is, and kept under a name with the hash of what they were built from.
#
#   go.sh                build them, and write the .wasm files beside their sources (git ignores them)
#   go.sh --guest FOLDER build a controller of your own, FOLDER/NAME.wasm
#   go.sh --check        build them twice, in two folders and with nothing kept from the first, and fail when the bytes differ
#   go.sh --test         run the unit tests of the SDK and of the controllers, on this machine
#   go.sh --toolchain    only tell whether the toolchain is here (exit code 0) or not (2)
#   go.sh --fetch        get the toolchain: Go and client-go from Debian's packages, unpacked beside the system's own
#
# The packages come from a newer suite of the mirror that this machine's apt uses, and are verified by apt: the suite's
# signature, and by that the hash of each. Nothing is installed.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

readonly GUESTS=(ring-operator/go profile-operator/go conformance/go)
readonly SUITE=sid
readonly GO=1.26
readonly WANTED="golang-$GO-go golang-k8s-client-go-dev"
readonly IMPORT=hiberlet.io
cache=${HIBERLET_GO_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/hiberlet-go}
root=$cache/root

die() { echo "build/go: $1" >&2; exit "${2:-1}"; }

need_toolchain() {
  [ -x "$root/usr/lib/go-$GO/bin/go" ] && [ -d "$root/usr/share/gocode/src/k8s.io/client-go" ] ||
    die "no Go $GO with client-go in $root: examples/build/go.sh --fetch" 2
}

private_apt() { # COMMAND...: apt with a state of its own, which knows one suite
  local apt=$cache/apt
  mkdir -p "$apt"/{lists/partial,cache/archives/partial,etc/apt.conf.d,etc/preferences.d}
  : >"$apt/status"
  # What is signed but no longer fresh is as good: a build is no update of this machine.
  cat >"$apt/apt.conf" <<CONF
Dir::State "$apt";
Dir::State::status "$apt/status";
Dir::Cache "$apt/cache";
Dir::Etc "$apt/etc";
Dir::Etc::trustedparts "/etc/apt/trusted.gpg.d/";
Acquire::Languages "none";
Acquire::Check-Valid-Until "false";
APT::Install-Recommends "false";
APT::Sandbox::User "root";
CONF
  APT_CONFIG=$apt/apt.conf "$@"
}

fetch() {
  command -v apt-get >/dev/null && command -v dpkg >/dev/null || die "needs Debian's apt-get and dpkg" 2
  local mirror keyring=/usr/share/keyrings/debian-archive-keyring.gpg names
  mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' | head -n 1)
  [ -n "$mirror" ] || die "apt knows no mirror of Debian (apt-get update?)" 2
  mkdir -p "$cache/apt/etc" "$cache/debs"
  echo "deb [signed-by=$keyring] $mirror $SUITE main" >"$cache/apt/etc/sources.list"
  private_apt apt-get update -qq || die "$mirror has no $SUITE" 2
  # Of all that they depend on, only Go and libraries in Go; two editions of one library do not fit together.
  names=$(private_apt apt-get install --print-uris -qq -y $WANTED |
    sed -n "s/^'[^']*' \([^_ ]*\)_.*/\1/p" | grep -E "^golang-($GO-|.*-dev\$)" | grep -v -- '-protobuf-1-3-')
  (cd "$cache/debs" && private_apt apt-get download -qq $names)
  rm -rf "$root"
  mkdir -p "$root"
  local package
  for package in "$cache"/debs/*.deb; do dpkg -x "$package" "$root"; done
  rm -rf "$cache/debs"
  echo "Go and client-go are in $root"
}

# Nothing of the caller's environment may reach the compiler.
clean_go() { # FOLDER COMMAND...
  local folder=$1; shift
  (cd "$folder" && env -i PATH=/usr/bin:/bin HOME="$cache" GOROOT="$root/usr/lib/go-$GO" GOTOOLCHAIN=local GOENV=off \
    GO111MODULE=off GOPATH="$folder:$root/usr/share/gocode" GOCACHE="${objects:-$cache/build}" CGO_ENABLED=0 ${target:-} \
    "$root/usr/lib/go-$GO/bin/go" "$@")
}

# The sources as Go finds them by the names under which they are imported.
workspace() { # FOLDER
  local guest
  rm -rf "$1"
  mkdir -p "$1/src/$IMPORT/examples"
  cp -r "$here/sdk/go" "$1/src/$IMPORT/sdk"
  for guest in "${GUESTS[@]}"; do cp -r "$here/$guest" "$1/src/$IMPORT/examples/$(name "$guest")"; done
}

# A guest has the name of its folder; where it is written in several languages, that of the folder above.
name() { local guest=${1%/go}; echo "${guest##*/}"; }

build() { # FOLDER: leaves NAME.wasm there
  local guest
  workspace "$1"
  for guest in "${GUESTS[@]}"; do compile "$1" "$IMPORT/examples/$(name "$guest")" "$1/$(name "$guest").wasm"; done
}

compile() { # FOLDER PACKAGE WASM
  local target="GOOS=wasip1 GOARCH=wasm"
  clean_go "$1" build -trimpath -buildmode=c-shared -ldflags="-s -w -buildid=" -o "$3" "$2"
}

guest() { # FOLDER
  local folder
  folder=$(cd "$1" && pwd)
  workspace "$cache/work-guest"
  mkdir "$cache/work-guest/src/guest"
  cp "$folder"/*.go "$cache/work-guest/src/guest"
  compile "$cache/work-guest" guest "$folder/${folder##*/}.wasm"
  echo "$folder/${folder##*/}.wasm: $(wc -c <"$folder/${folder##*/}.wasm") bytes"
}

sources_hash() { # of all that a module is built from
  (cd "$here" && { find sdk/go "${GUESTS[@]}" -type f ! -name '*.wasm' ! -name '*_test.go' -print0 | sort -z | xargs -0 sha256sum
    sha256sum build/go.sh; cat "$root/usr/lib/go-$GO/VERSION"; ls "$root/usr/share/doc"; }) | sha256sum | cut -c1-16
}

write() {
  local guest built
  built=$cache/built/$(sources_hash)
  if [ ! -d "$built" ]; then
    build "$cache/work"
    find "$cache" -mindepth 2 -maxdepth 2 -path "$cache/built/*" -mtime +7 -exec rm -rf {} +
    mkdir -p "$built.new"
    for guest in "${GUESTS[@]}"; do cp "$cache/work/$(name "$guest").wasm" "$built.new"; done
    mv "$built.new" "$built"
  fi
  touch "$built"
  for guest in "${GUESTS[@]}"; do
    install -m 644 "$built/$(name "$guest").wasm" "$here/$guest/$(name "$guest").wasm"
    echo "$guest/$(name "$guest").wasm: $(wc -c <"$here/$guest/$(name "$guest").wasm") bytes"
  done
}

check() {
  local guest
  rm -rf "$cache/check-objects"
  build "$cache/check-1"
  objects=$cache/check-objects build "$cache/check-2"
  for guest in "${GUESTS[@]}"; do
    cmp "$cache/check-1/$(name "$guest").wasm" "$cache/check-2/$(name "$guest").wasm" || die "$guest: other bytes in another folder"
  done
  rm -rf "$cache/check-1" "$cache/check-2" "$cache/check-objects"
  echo "The same bytes in two folders."
}

tests() {
  workspace "$cache/work-test"
  clean_go "$cache/work-test" test "$IMPORT/sdk" "$IMPORT/examples/..."
}

# One build at a time: they share folders.
alone() {
  mkdir -p "$cache"
  exec 9>"$cache/lock"
  flock 9
}

case ${1:-} in
  "") need_toolchain; alone; write ;;
  --guest) [ -d "${2:-}" ] || die "--guest wants the folder of a program" 2; need_toolchain; alone; guest "$2" ;;
  --check) need_toolchain; alone; check ;;
  --test) need_toolchain; alone; tests ;;
  --toolchain) need_toolchain ;;
  --fetch) alone; fetch ;;
  *) sed -n '2,14s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 2 ;;
esac
