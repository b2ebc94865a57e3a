# Gives a Docker Engine on Debian or Ubuntu the runtime tradebox-runsc: runsc from the system's own mirror, a wrapper, and a line in
# /etc/docker/daemon.json. Sourced by bash after prepare.sh and engine.sh (note, as_root). Nothing else on the machine needs it: what
# fails here leaves the container level.

gvisor_home=/usr/local/lib/tradebox
# Older ones answer Debian 12's own `ls` and `stat` with EINVAL.
oldest_gvisor=20230101

# Registers the runtime; an engine that runs takes it over at once, without a restart. Returns 1 with the reason said.
ensure_gvisor() {
  if [ -x "$gvisor_home/runsc" ] && grep -qs '"--oci-seccomp"' /etc/docker/daemon.json; then
    note "gVisor is registered"
    cmp -s scripts/lib/tradebox-runsc "$gvisor_home/tradebox-runsc" || install_wrapper
    return
  fi
  command -v apt-get >/dev/null 2>&1 || { note "no gVisor: only Debian and Ubuntu packages are known here"; return 1; }
  note "installing gVisor's runsc from this system's own mirror …"
  fetch_gvisor || { note "no gVisor: the package runsc could not be had from this system's mirror"; return 1; }
  install_wrapper
  register_gvisor || { note "no gVisor: /etc/docker/daemon.json could not be written"; return 1; }
  reload_engine
}

# Replaced whole: a container may start at this moment.
install_wrapper() {
  as_root install -m 0755 scripts/lib/tradebox-runsc "$gvisor_home/tradebox-runsc.new" &&
    as_root mv "$gvisor_home/tradebox-runsc.new" "$gvisor_home/tradebox-runsc"
}

# The program alone, which is static: nothing is installed that the system's packages know of.
fetch_gvisor() {
  local dir status=0
  dir=$(mktemp -d)
  (
    cd "$dir" || exit 1
    recent_gvisor_here || from_next_release || exit 1
    dpkg-deb -x runsc_*.deb unpacked
  ) >/dev/null 2>&1 || status=1
  if [ "$status" = 0 ]; then
    as_root install -d "$gvisor_home" && as_root install -m 0755 "$dir/unpacked/usr/bin/runsc" "$gvisor_home/runsc" || status=1
  fi
  rm -rf "$dir"
  return "$status"
}

recent_gvisor_here() {
  local dated
  dated=$(apt-cache policy runsc | sed -n 's/^ *Candidate: .*~\([0-9]\{8\}\).*/\1/p')
  [ "${dated:-0}" -ge "$oldest_gvisor" ] && apt-get download runsc
}

# Debian 12 has one of 2022: the same mirror, the release after it, signed by the same keys, with lists of its own.
from_next_release() {
  local mirror codename
  codename=$(. /etc/os-release && printf '%s' "${VERSION_CODENAME:-}")
  [ "$codename" = bookworm ] || return 1
  mirror=$(apt-get indextargets --format '$(SITE) $(RELEASE)' 'Created-By: Packages' | awk '$2 == "bookworm" { print $1; exit }')
  [ -n "$mirror" ] || return 1
  mkdir -p lists/partial cache/archives/partial
  printf 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s trixie main\n' "$mirror" >sources.list
  local options=(-o "Dir::Etc::sourcelist=$PWD/sources.list" -o Dir::Etc::sourceparts=/dev/null
    -o "Dir::State::lists=$PWD/lists" -o "Dir::Cache=$PWD/cache" -o APT::Sandbox::User=root)
  apt-get "${options[@]}" update && apt-get "${options[@]}" download runsc/trixie
}

# With --oci-seccomp our profile holds in gVisor's kernel, too: no user namespace, hence no raw socket.
# Without its overlay (--overlay2=none) what the agent changes lies in the container's own layer, where `reset --keep-evidence` finds it.
register_gvisor() {
  local written
  written=$(node -e '
    const { readFileSync } = require("node:fs");
    let text = "{}";
    try { text = readFileSync("/etc/docker/daemon.json", "utf8"); } catch (error) { if (error.code !== "ENOENT") throw error; }
    const config = JSON.parse(text.trim() || "{}");
    const ours = { path: process.argv[1] + "/tradebox-runsc", runtimeArgs: ["--overlay2=none", "--oci-seccomp"] };
    config.runtimes = { ...config.runtimes, "tradebox-runsc": ours };
    process.stdout.write(JSON.stringify(config, null, 2));
  ' "$gvisor_home") || return 1
  as_root install -d /etc/docker
  printf '%s\n' "$written" | as_root tee /etc/docker/daemon.json.tradebox >/dev/null &&
    as_root mv /etc/docker/daemon.json.tradebox /etc/docker/daemon.json
}

# The engine rereads its runtimes on SIGHUP; boxes that run are not touched.
reload_engine() {
  local engine
  engine=$(as_root cat /var/run/docker.pid 2>/dev/null) || return 0
  [ "$(cat "/proc/$engine/comm" 2>/dev/null)" = dockerd ] || return 0 # the file of an engine that is gone
  as_root kill -HUP "$engine" 2>/dev/null || true
}
