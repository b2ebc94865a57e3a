# Makes sure that a Docker Engine answers: on Debian or Ubuntu with root or sudo it is installed and started, elsewhere a clear
# message says what to do. Sourced by bash after prepare.sh (say, note, fail).

engine_log=/var/log/tradebox-dockerd.log

ensure_engine() {
  if engine_answers; then
    note "Docker Engine $(docker version --format '{{.Server.Version}}') answers"
    return
  fi
  if [ -n "${DOCKER_HOST:-}" ]; then
    fail "no engine answers at DOCKER_HOST=$DOCKER_HOST" "Start that engine, or unset DOCKER_HOST."
  fi
  if ! command -v dockerd >/dev/null 2>&1; then
    can_install_engine || fail "no Docker Engine answers, and it can't be installed here" \
      "Debian or Ubuntu: run this again as root or with sudo, or: sudo apt-get install docker.io" \
      "macOS or Windows: start Docker Desktop, OrbStack, Colima or Rancher Desktop." \
      "Other Linux: install Docker (docs.docker.com/engine/install) or Podman 4 and start it."
    install_engine
  fi
  # Before it starts, so that nothing needs to be reloaded; ./scripts/test asks for it.
  [ -z "${wants_gvisor:-}" ] || ensure_gvisor || true
  start_engine
  if engine_answers; then
    note "Docker Engine $(docker version --format '{{.Server.Version}}') answers"
  elif as_root docker version >/dev/null 2>&1; then
    enter_docker_group
  else
    show_engine_log
    fail "the Docker Engine was started and does not answer" "The lines above are the end of its log; \`docker version\` tells more."
  fi
}

engine_answers() { command -v docker >/dev/null 2>&1 && timeout 20 docker version >/dev/null 2>&1; }

can_install_engine() {
  command -v apt-get >/dev/null 2>&1 || return 1
  [ "$(id -u)" = 0 ] || command -v sudo >/dev/null 2>&1
}

as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif [ -t 0 ]; then
    sudo "$@"
  else
    sudo -n "$@"
  fi
}

install_engine() {
  note "installing Docker Engine from this system's own packages (docker.io) …"
  as_root sh images/base/apt.sh update || fail "apt-get update failed" "Mend the package sources of this system, then run this again."
  # From Debian 13 on the command line client is a package of its own.
  local packages=(docker.io)
  ! apt-cache show docker-cli >/dev/null 2>&1 || packages+=(docker-cli)
  as_root sh images/base/apt.sh install -y --no-install-recommends "${packages[@]}" ca-certificates ||
    fail "docker.io could not be installed" "The lines above say why; run this again when it is mended."
}

start_engine() {
  note "starting the Docker Engine …"
  if [ -d /run/systemd/system ]; then
    as_root systemctl start docker || true
  else
    start_detached
  fi
  wait_for_engine && return
  # Where the kernel lacks nftables, dockerd needs the older tables.
  if [ ! -d /run/systemd/system ] && as_root grep -qi iptables "$engine_log" 2>/dev/null && command -v iptables-legacy >/dev/null 2>&1; then
    note "this kernel has no nftables: using iptables-legacy"
    as_root update-alternatives --set iptables /usr/sbin/iptables-legacy >/dev/null
    as_root update-alternatives --set ip6tables /usr/sbin/ip6tables-legacy >/dev/null || true
    start_detached
    wait_for_engine || true
  fi
}

start_detached() {
  as_root rm -f /var/run/docker.pid
  as_root sh -c "setsid dockerd >>$engine_log 2>&1 </dev/null &"
}

# Root's view: the caller may not be allowed to open the socket yet.
wait_for_engine() {
  local second
  for second in $(seq 60); do
    ! as_root docker version >/dev/null 2>&1 || return 0
    [ -d /run/systemd/system ] || [ "$second" -lt 5 ] || as_root pgrep -x dockerd >/dev/null 2>&1 || return 1
    sleep 1
  done
  return 1
}

show_engine_log() {
  if [ -d /run/systemd/system ]; then
    as_root journalctl -u docker --no-pager -n 15 >&2 || true
  else
    as_root tail -n 15 "$engine_log" >&2 || true
  fi
}

# The engine answers root only: a fresh install has nobody in its group. Runs this script again as a member.
enter_docker_group() {
  [ -z "${TRADEBOX_IN_DOCKER_GROUP:-}" ] || fail "the Docker Engine's socket may not be opened by $(id -un)" \
    "Log out and in again after: sudo usermod -aG docker $(id -un)"
  note "adding $(id -un) to the group docker, so that the engine may be used without sudo"
  as_root usermod -aG docker "$(id -un)"
  export TRADEBOX_IN_DOCKER_GROUP=1
  exec sg docker -c "$(printf '%q ' "$0" ${script_arguments[@]+"${script_arguments[@]}"})"
}

script_arguments=("$@")
