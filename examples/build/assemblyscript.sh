#!/usr/bin/env bash
# Builds the example controllers in AssemblyScript, and the same bytes on every machine, in any folder, by any user.
#
#   assemblyscript.sh               build them and write the .wasm files beside their sources
#   assemblyscript.sh --check       build them elsewhere and fail when a committed .wasm differs
#   assemblyscript.sh --test        run the unit tests of the SDK and of the controllers, on this machine
#   assemblyscript.sh --toolchain   only tell whether the toolchain is here (exit code 0) or not (2)
#   assemblyscript.sh --install     install the compiler with npm, beside the SDK
#
# The compiler is npm's. package-lock.json has the SHA-512 of each of its packages, which npm compares, and no address:
# they come from wherever npm is configured to take packages from.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

readonly GUESTS=(ring-operator/assemblyscript conformance/assemblyscript)
readonly SDK=sdk/assemblyscript
readonly COMPILER=$SDK/node_modules/assemblyscript
readonly NODE_MAJOR=20

die() { echo "build/assemblyscript: $1" >&2; exit "${2:-1}"; }

need_node() {
  command -v node npm >/dev/null || die "missing: node and npm; on Debian: apt-get install nodejs npm" 2
  [ "$(node -p 'process.versions.node.split(".")[0]')" -ge $NODE_MAJOR ] || die "node is older than $NODE_MAJOR" 2
}

need_toolchain() {
  need_node
  [ -f "$here/$COMPILER/bin/asc.js" ] || die "missing: the compiler; run examples/build/assemblyscript.sh --install" 2
  # What is installed must be what the lock file names.
  (cd "$here/$SDK" && node -e '
    const locked = require("./package-lock.json").packages;
    for (const [path, { version }] of Object.entries(locked)) {
      if (path && require(process.cwd() + "/" + path + "/package.json").version !== version) process.exit(1);
    }') || die "the compiler is not that of package-lock.json; run examples/build/assemblyscript.sh --install" 2
}

install_toolchain() {
  need_node
  npm ci --prefix "$here/$SDK" --ignore-scripts --no-audit --no-fund
}

compile() { # SOURCE OUTPUT OPTIONS...
  local source=$1 output=$2; shift 2
  mkdir -p "$(dirname "$output")"
  # Relative paths: those of the sources are in the messages of failures.
  (cd "$here" && node "$COMPILER/bin/asc.js" "$source" -o "$output" --runtime incremental \
    --use abort=$SDK/hiberlet/host/abort "$@")
}

# The module of a guest has the name of its folder; where a guest is written in several languages, that of the folder above.
module() { local guest=${1%/assemblyscript}; echo "${guest##*/}.wasm"; }

build() { # BUILD_DIR: leaves GUEST.wasm in it
  local guest
  for guest in "${GUESTS[@]}"; do compile "$guest/main.ts" "$1/$(module "$guest")" -Os; done
}

write() {
  local guest
  build "$here/target/assemblyscript"
  for guest in "${GUESTS[@]}"; do
    install -m 644 "$here/target/assemblyscript/$(module "$guest")" "$here/$guest/$(module "$guest")"
    echo "$guest/$(module "$guest"): $(wc -c <"$here/$guest/$(module "$guest")") bytes"
  done
}

check() {
  local guest stale=()
  build "$here/target/assemblyscript-check"
  for guest in "${GUESTS[@]}"; do
    cmp -s "$here/target/assemblyscript-check/$(module "$guest")" "$here/$guest/$(module "$guest")" ||
      stale+=("$guest/$(module "$guest")")
  done
  [ ${#stale[@]} -eq 0 ] ||
    die "not what the sources build: ${stale[*]}. Run examples/build/assemblyscript.sh and commit."
  echo "The committed modules are what the sources build."
}

test() {
  local tests=$here/target/assemblyscript-test
  compile $SDK/test/guest.ts "$tests/guest.wasm" --debug
  compile ring-operator/assemblyscript/test/plan.ts "$tests/plan.wasm" --debug
  TEST_GUEST=$tests/guest.wasm TEST_PLAN=$tests/plan.wasm node --test \
    "$here/$SDK/test/sdk.test.mjs" "$here/ring-operator/assemblyscript/test/plan.test.mjs"
}

case ${1:-} in
  "") need_toolchain; write ;;
  --check) need_toolchain; check ;;
  --test) need_toolchain; test ;;
  --toolchain) need_toolchain ;;
  --install) install_toolchain ;;
  *) sed -n '2,11s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 2 ;;
esac
