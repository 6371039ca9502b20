#!/bin/sh
# Installs Hiberlet as a service, or removes it.
#
#   install.sh               the program to /opt/hiberlet, the unit to /etc/systemd/system
#   install.sh --uninstall   removes both; keeps /etc/hiberlet and /var/lib/hiberlet
#
# PREFIX    the program's folder, instead of /opt/hiberlet
# DESTDIR   a folder that stands for /; nothing is enabled or started then (for packages)
#
# Running it again upgrades: configuration that is there is kept.
set -eu

prefix=${PREFIX:-/opt/hiberlet}
root=${DESTDIR:-}
units=$root/etc/systemd/system
conf=$root/etc/hiberlet
here=$(dirname "$(readlink -f "$0")")

fail() {
  echo "install.sh: $*" >&2
  exit 1
}

# Runs a command that needs the running system, which DESTDIR is not.
on_system() {
  if [ -z "$root" ]; then
    "$@"
  fi
}

# Installs a file that people edit, unless it is there.
install_conf() {
  if [ -e "$conf/$2" ]; then
    echo "kept $conf/$2"
  else
    install -m "$3" "$1" "$conf/$2"
  fi
}

find_distribution() {
  for candidate in "$here/.." "$here/../agent/target/hiberlet"; do
    if [ -x "$candidate/bin/hiberlet" ] && [ -d "$candidate/lib" ]; then
      readlink -f "$candidate"
      return
    fi
  done
  fail "found no distribution; build it with 'mvn package' first"
}

# The new program is complete before the old one goes.
install_program() {
  rm -rf "$root$prefix.new"
  mkdir -p "$root$prefix.new"
  cp -R "$distribution/." "$root$prefix.new/"
  # A runtime that was unpacked there is kept.
  if [ -d "$root$prefix/runtime" ] && [ ! -e "$root$prefix.new/runtime" ]; then
    mv "$root$prefix/runtime" "$root$prefix.new/runtime"
  fi
  rm -rf "$root$prefix.old"
  [ ! -e "$root$prefix" ] || mv "$root$prefix" "$root$prefix.old"
  mv "$root$prefix.new" "$root$prefix"
  rm -rf "$root$prefix.old"
}

install_all() {
  distribution=$(find_distribution)
  [ "$distribution" != "$root$prefix" ] || fail "$distribution is where it is installed already"
  install_program
  install -d -m 755 "$units" "$conf" "$root/usr/lib/sysusers.d"
  sed "s|/opt/hiberlet|$prefix|g" "$here/hiberlet.service" > "$units/hiberlet.service"
  chmod 644 "$units/hiberlet.service"
  install -m 644 "$here/hiberlet.sysusers" "$root/usr/lib/sysusers.d/hiberlet.conf"
  install_conf "$here/hiberlet.env" hiberlet.env 640
  install_conf "$distribution/conf/agent.yaml" agent.yaml 644
  on_system systemd-sysusers hiberlet.conf
  on_system systemctl daemon-reload
  echo "installed $root$prefix"
  if [ ! -e "$conf/kubeconfig" ]; then
    echo "next: put the node's kubeconfig at /etc/hiberlet/kubeconfig (root only, mode 600), then"
  fi
  echo "  systemctl enable --now hiberlet"
}

uninstall() {
  [ ! -e "$units/hiberlet.service" ] || on_system systemctl disable --now hiberlet.service
  rm -f "$units/hiberlet.service" "$root/usr/lib/sysusers.d/hiberlet.conf"
  rm -rf "${root:?}$prefix"
  on_system systemctl daemon-reload
  echo "removed $root$prefix; kept $conf and $root/var/lib/hiberlet"
}

case $prefix in
  /?*) ;;
  *) fail "PREFIX must be an absolute path, not '$prefix'" ;;
esac
[ -n "$root" ] || [ "$(id -u)" = 0 ] || fail "must be run as root, or with DESTDIR"

case ${1:-} in
  '') install_all ;;
  --uninstall) uninstall ;;
  *) fail "unknown option '$1'; usage: install.sh [--uninstall]" ;;
esac
