#!/bin/sh
# apt-get for the host that waits while another program holds apt's locks (a host's own upgrades, say): at most two minutes.
# Usage: apt.sh <arguments of apt-get>. What apt-get says goes to standard error.
set -eu
export LC_ALL=C DEBIAN_FRONTEND=noninteractive
waits=60
until said=$(apt-get -qq -o DPkg::Lock::Timeout=120 "$@" 2>&1); do
  case $said in *'Could not get lock'*) waits=$((waits - 1)) ;; *) waits=0 ;; esac
  if [ "$waits" -le 0 ]; then
    printf '%s\n' "$said" >&2
    exit 100
  fi
  sleep "${APT_WAIT_SECONDS:-2}"
done
