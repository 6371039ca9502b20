#!/usr/bin/env bash
# Builds the example controllers in C, and the same bytes on every machine, in any folder, by any user.
#
#   c.sh               build them and write the .wasm files beside their sources
#   c.sh --check       build them elsewhere and fail when a committed .wasm differs
#   c.sh --test        run the unit tests of the SDK and of the controllers, on this machine
#   c.sh --toolchain   only tell whether the toolchain is here (exit code 0) or not (2)
#
# The toolchain is Debian bookworm's: another compiler would write other bytes.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

readonly GUESTS=(ring-operator/c heartbeat conformance/c)
readonly BLOCKING=(heartbeat) # programs that wait in the middle of their code, and what of the SDK is for them
readonly BLOCKING_SDK=(sdk/c/blocking/blocking.c sdk/c/src/{clock,json,message,text}.c)
readonly CLANG=/usr/bin/clang-14
readonly CLANG_VERSION=14.0.6
readonly LIBC=/usr/lib/wasm32-wasi/libc.a
readonly BUILTINS=/usr/lib/llvm-14/lib/clang/$CLANG_VERSION/lib/wasi/libclang_rt.builtins-wasm32.a
readonly WASM_OPT=/usr/bin/wasm-opt
readonly WASM_OPT_VERSION=108
readonly JSMN=/usr/include/jsmn.h
readonly PACKAGES="clang-14 lld-14 wasi-libc libclang-rt-14-dev-wasm32 libclang-rt-14-dev libjsmn-dev binaryen"
readonly WARNINGS=(-std=c11 -Wall -Wextra -Wconversion -Wshadow -Werror)

die() { echo "build/c: $1" >&2; exit "${2:-1}"; }

need_toolchain() {
  local missing=() file
  for file in $CLANG /usr/bin/wasm-ld-14 $LIBC $BUILTINS $WASM_OPT $JSMN; do
    [ -e "$file" ] || missing+=("$file")
  done
  [ ${#missing[@]} -eq 0 ] || die "missing: $(printf '%s; ' "${missing[@]}")\
on Debian bookworm: apt-get install $PACKAGES" 2
  [[ $($CLANG --version) == *" $CLANG_VERSION"* ]] || die "clang is not $CLANG_VERSION" 2
  [[ $($WASM_OPT --version) == *" $WASM_OPT_VERSION"* ]] || die "wasm-opt is not $WASM_OPT_VERSION" 2
}

# Of /usr/include, which is this machine's, only the one file may be seen.
include_jsmn() { # BUILD_DIR
  mkdir -p "$1/include"
  install -m 644 $JSMN "$1/include/jsmn.h"
}

# Nothing of the caller's environment may reach the compiler.
clean_clang() { env -i PATH=/usr/bin:/bin $CLANG "${WARNINGS[@]}" "$@"; }

# 64 KiB of stack is part of the memory that sleeps on disk.
link() { # BUILD_DIR OUTPUT OPTIONS_AND_SOURCES...
  local includes=$1/include output=$2; shift 2
  clean_clang --target=wasm32-wasi -O2 -flto -Wl,--lto-O2 -Wl,--strip-all -Wl,-z,stack-size=65536 \
    -Isdk/c/include -isystem "$includes" "$@" -o "$output"
}

# The pass makes of whatever waits in these two imports code that can be taken off the stack and put back.
asyncify() { # MODULE
  env -i PATH=/usr/bin:/bin $WASM_OPT --enable-mutable-globals --asyncify -O2 --strip-debug --strip-producers \
    --pass-arg=asyncify-imports@hiberlet.event_wait,wasi_snapshot_preview1.poll_oneoff "$1" -o "$1"
}

build() { # BUILD_DIR: leaves GUEST.wasm in it
  local guest output
  include_jsmn "$1"
  cd "$here"
  for guest in "${GUESTS[@]}"; do
    output=$1/$(module "$guest")
    if [[ " ${BLOCKING[*]} " == *" $guest "* ]]; then
      link "$1" "$output" -Wl,--export=hiberlet_stack "${BLOCKING_SDK[@]}" "$guest"/*.c
      asyncify "$output"
    else
      link "$1" "$output" -mexec-model=reactor sdk/c/src/*.c "$guest"/*.c
    fi
  done
}

# The module of a guest has the name of its folder; where a guest is written in several languages, that of the folder above.
module() { local guest=${1%/c}; echo "${guest##*/}.wasm"; }

write() {
  local guest
  build "$here/target/c"
  for guest in "${GUESTS[@]}"; do
    install -m 644 "$here/target/c/$(module "$guest")" "$here/$guest/$(module "$guest")"
    echo "$guest/$(module "$guest"): $(wc -c <"$here/$guest/$(module "$guest")") bytes"
  done
}

check() {
  local guest stale=()
  build "$here/target/c-check"
  for guest in "${GUESTS[@]}"; do
    cmp -s "$here/target/c-check/$(module "$guest")" "$here/$guest/$(module "$guest")" ||
      stale+=("$guest/$(module "$guest")")
  done
  [ ${#stale[@]} -eq 0 ] || die "not what the sources build: ${stale[*]}. Run examples/build/c.sh and commit."
  echo "The committed modules are what the sources build."
}

# For this machine, where the sanitizers see what a test does not.
native() {
  clean_clang -g -fsanitize=address,undefined -fno-sanitize-recover=all \
    -I"$here/sdk/c/include" -I"$here/sdk/c/src" -isystem "$tests/include" "$@"
}

# A test is a program of what it tests, the SDK, and a host made of memory.
run_test() { # NAME SOURCES...
  local name=$1; shift
  native "$tests"/*.o "$@" -o "$tests/$name"
  "$tests/$name" && echo "$name: ok"
}

test() {
  tests=$here/target/c-test
  include_jsmn "$tests"
  rm -f "$tests"/*.o
  (cd "$tests" && native -c "$here"/sdk/c/src/*.c "$here/sdk/c/test/host.c")
  local each
  for each in "$here"/sdk/c/test/*_test.c; do run_test "$(basename "$each" .c)" "$each"; done
  run_test ring_plan_test "$here/ring-operator/c/plan.c" "$here/ring-operator/c/test/plan_test.c"
}

case ${1:-} in
  "") need_toolchain; write ;;
  --check) need_toolchain; check ;;
  --test) need_toolchain; test ;;
  --toolchain) need_toolchain ;;
  *) sed -n '2,9s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 2 ;;
esac
