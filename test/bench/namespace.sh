#!/bin/sh
# Runs "$@" in a network namespace of its own where one public-looking address on the loopback device stands for a venue,
# so that every proxy resolves, dials and verifies as it would outside, and nothing leaves the machine.
# usage: namespace.sh <address> <host name> <command…>
set -eu
address=$1 host=$2
shift 2
[ "${TRADEBOX_BENCH_NAMESPACE:-}" = inside ] ||
  exec env TRADEBOX_BENCH_NAMESPACE=inside unshare --net --mount "$0" "$address" "$host" "$@"
ip link set lo up
ip addr add "$address/32" dev lo
hosts=$(mktemp)
printf '127.0.0.1 localhost\n%s %s\n' "$address" "$host" >"$hosts"
mount --bind "$hosts" /etc/hosts
resolver=$(mktemp)
echo 'nameserver 127.0.0.1' >"$resolver"
mount --bind "$resolver" /etc/resolv.conf
exec "$@"
