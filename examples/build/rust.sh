#!/usr/bin/env bash
# Builds the example controllers in Rust, and the same bytes on every machine, in any folder, by any user.
#
#   rust.sh               build them and write the .wasm files beside their sources
#   rust.sh --check       build them elsewhere and fail when a committed .wasm differs
#   rust.sh --test        run the unit tests of the SDK and of the controllers, on this machine
#   rust.sh --toolchain   only tell whether the toolchain is here (exit code 0) or not (2)
#
# The toolchain is Debian bookworm's: another compiler would write other bytes.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

readonly GUESTS=(ring-operator/rust pod-reaper mirror certificate-warner render conformance/rust)
readonly TARGET=wasm32-wasi
readonly RUST_VERSION=1.63.0
readonly CRATES=/usr/share/cargo/registry
readonly PACKAGES="rustc cargo libstd-rust-dev-wasm32 lld librust-serde-json-dev librust-serde+serde-derive-dev"

die() { echo "build/rust: $1" >&2; exit "${2:-1}"; }

need_toolchain() {
  local missing=() crate
  [ -x /usr/bin/rustc ] || missing+=("/usr/bin/rustc")
  [ -x /usr/bin/cargo ] || missing+=("/usr/bin/cargo")
  [ -d /usr/lib/rustlib/$TARGET ] || missing+=("the standard library of $TARGET")
  command -v rust-lld wasm-ld >/dev/null || missing+=("wasm-ld")
  for crate in serde_json serde serde_derive; do
    compgen -G "$CRATES/$crate-1.*" >/dev/null || missing+=("the crate $crate")
  done
  if [ ${#missing[@]} -eq 0 ]; then
    [ "$(/usr/bin/rustc --version | cut -d' ' -f2)" = $RUST_VERSION ] ||
      missing+=("rustc $RUST_VERSION (this is $(/usr/bin/rustc --version))")
  fi
  [ ${#missing[@]} -eq 0 ] || die "missing: $(printf '%s; ' "${missing[@]}")\
on Debian bookworm: apt-get install $PACKAGES" 2
}

# Nothing of the caller's environment or configuration may reach the compiler.
clean_cargo() { # TARGET_DIR RUSTFLAGS(separated by 0x1f) ARGUMENTS...
  local target=$1 rustflags=$2; shift 2
  mkdir -p "$target"
  (cd "$here" && env -i PATH=/usr/bin:/bin HOME="$target" CARGO_HOME="$target/cargo-home" \
    RUSTC=/usr/bin/rustc CARGO_TARGET_DIR="$target" CARGO_ENCODED_RUSTFLAGS="$rustflags" \
    /usr/bin/cargo "$@" --offline)
}

build() { # TARGET_DIR: leaves the modules in TARGET_DIR/$TARGET/release
  local packages=() guest
  for guest in "${GUESTS[@]}"; do packages+=(--package "$(name "$guest")"); done
  # 64 KiB of stack instead of 1 MiB: it is part of the memory that sleeps on disk.
  clean_cargo "$1" "--remap-path-prefix=$here=/hiberlet"$'\x1f'"-Clink-arg=-zstack-size=65536" \
    build --quiet --release --target $TARGET "${packages[@]}"
}

# The package of a guest has the name of its folder; where a guest is written in several languages, that of the folder above.
name() { local guest=${1%/rust}; echo "${guest##*/}"; }

built() { # TARGET_DIR GUEST
  local package
  package=$(name "$2")
  echo "$1/$TARGET/release/${package//-/_}.wasm" # of a command, too, which has no dash in its name
}

committed() { echo "$1/$(name "$1").wasm"; }

write() {
  local guest
  build "$here/target/guests"
  for guest in "${GUESTS[@]}"; do
    install -m 644 "$(built "$here/target/guests" "$guest")" "$here/$(committed "$guest")"
    echo "$(committed "$guest"): $(wc -c <"$here/$(committed "$guest")") bytes"
  done
}

check() {
  local guest stale=()
  build "$here/target/guests-check"
  for guest in "${GUESTS[@]}"; do
    cmp -s "$(built "$here/target/guests-check" "$guest")" "$here/$(committed "$guest")" || stale+=("$(committed "$guest")")
  done
  [ ${#stale[@]} -eq 0 ] || die "not what the sources build: ${stale[*]}. Run examples/build/rust.sh and commit."
  echo "The committed modules are what the sources build."
}

case ${1:-} in
  "") need_toolchain; write ;;
  --check) need_toolchain; check ;;
  --test) need_toolchain; clean_cargo "$here/target/guests-test" "" test --quiet --workspace ;;
  --toolchain) need_toolchain ;;
  *) sed -n '2,9s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 2 ;;
esac
