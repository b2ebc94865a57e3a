#!/bin/sh
# Writes a root file system of this host's own Debian or Ubuntu release, with Node and npm, to standard output as a tar.
# Used when no image registry is in reach. Needs root. Progress goes to standard error.
# Usage: rootfs.sh <suite> <mirror> <architecture> <node.tgz> <npm.tgz>
set -eu
suite=$1 mirror=$2 architecture=$3 node=$4 npm=$5

if ! command -v debootstrap >/dev/null 2>&1; then
  echo "installing debootstrap" >&2
  apt=$(dirname "$0")/apt.sh
  sh "$apt" update
  sh "$apt" install -y --no-install-recommends debootstrap
fi

work=$(mktemp -d /var/tmp/tradebox-base.XXXXXX)
trap 'rm -rf --one-file-system "$work"' EXIT INT TERM HUP
root=$work/root

debootstrap --variant=minbase --arch="$architecture" "$suite" "$root" "$mirror" >&2

echo "adding Node and npm" >&2
mkdir -p "$root/usr/local/lib/node_modules/npm"
tar -xzf "$node" -C "$root/usr/local" --strip-components=1 --no-same-owner package/bin package/LICENSE
mv "$root/usr/local/LICENSE" "$root/usr/local/lib/node-LICENSE"
tar -xzf "$npm" -C "$root/usr/local/lib/node_modules/npm" --strip-components=1 --no-same-owner
chmod 0755 "$root/usr/local/bin/node"
ln -sf ../lib/node_modules/npm/bin/npm-cli.js "$root/usr/local/bin/npm"
ln -sf ../lib/node_modules/npm/bin/npx-cli.js "$root/usr/local/bin/npx"
chmod 0755 "$root/usr/local/lib/node_modules/npm/bin/npm-cli.js" "$root/usr/local/lib/node_modules/npm/bin/npx-cli.js"

# Nothing in a box needs to become another user, and manuals are dead weight.
find "$root" -xdev -type f -perm /6000 -exec chmod a-s {} +
rm -rf "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/* "$root"/var/log/*.log "$root"/var/log/apt \
  "$root"/usr/share/doc/* "$root"/usr/share/man/* "$root"/usr/share/info/* "$root"/usr/share/locale/* \
  "$root"/etc/resolv.conf "$root"/etc/hostname "$root"/etc/machine-id
mkdir -p "$root/etc/dpkg/dpkg.cfg.d"
printf 'path-exclude=/usr/share/%s/*\n' doc man info locale >"$root/etc/dpkg/dpkg.cfg.d/tradebox"

echo "handing it to the engine" >&2
tar -C "$root" --one-file-system --numeric-owner --exclude='./dev/*' --exclude='./proc/*' --exclude='./sys/*' -cf - .
