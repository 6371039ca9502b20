#!/usr/bin/env bash
# Makes small file systems (ext4, in memory), one for each way to gather the lines of logs, and runs LogWrites on them.
# Needs root, loop devices and mkfs.ext4.
#
#   log-writes.sh LAUNCH... -- MINUTES SECONDS_BETWEEN_LINES
set -euo pipefail
readonly GATHER_SECONDS=(0 1 5 10 30)
launch=()
while [ "$1" != -- ]; do launch+=("$1"); shift; done
shift

folder=$(mktemp -d /dev/shm/log-writes.XXXXXX)
devices=()
cleanup() {
  for gather in "${GATHER_SECONDS[@]}"; do umount -q "$folder/$gather" || true; done
  for device in "${devices[@]}"; do losetup -d "$device"; done
  rm -rf "$folder"
}
trap cleanup EXIT

variants=()
for gather in "${GATHER_SECONDS[@]}"; do
  truncate -s 256M "$folder/$gather.img"
  device=$(losetup --find --show "$folder/$gather.img")
  devices+=("$device")
  mkfs.ext4 -q -E lazy_itable_init=0,lazy_journal_init=0 "$device"
  mkdir "$folder/$gather"
  mount "$device" "$folder/$gather"
  variants+=("$folder/$gather:$(basename "$device"):$gather")
done
sync
"${launch[@]}" "$1" "$2" "${variants[@]}"
