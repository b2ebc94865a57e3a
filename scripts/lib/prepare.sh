# Prepares a fresh machine for ./scripts/test and ./scripts/demo: Node, node modules, build. Sourced by bash, in the root.
# Each step says what it does and is skipped when its inputs have not changed.

say() { printf '\n\033[1m%s\033[0m\n' "$*" | plain_without_tty; }
note() { printf '  %s\n' "$*"; }
fail() {
  printf '\n%s: %s\n' "${0##*/}" "$1" >&2
  [ $# -lt 2 ] || printf '  %s\n' "${@:2}" >&2
  exit "${fail_code:-2}"
}

plain_without_tty() {
  if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then cat; else sed 's/\x1b\[[0-9;]*m//g'; fi
}

# Node 20.19 or newer (package.json: engines).
ensure_node() {
  command -v node >/dev/null 2>&1 ||
    fail "Node is not installed" "Install Node 20.19 or newer (any version manager, or your distribution) and run this again."
  node -e '
    const [major, minor] = process.versions.node.split(".").map(Number);
    process.exit(major > 20 || (major === 20 && minor >= 19) ? 0 : 1);
  ' || fail "Node $(node --version) is too old" "tradebox needs Node 20.19 or newer: install one and run this again."
  command -v npm >/dev/null 2>&1 || fail "npm is not installed" "Install the npm that belongs to your Node and run this again."
}

# Node modules as the lock file says; again only when the lock file changed.
ensure_modules() {
  local stamp=node_modules/.tradebox-lock lock
  lock=$(sha256_of package-lock.json .npmrc)
  if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$lock" ]; then
    note "node modules are up to date"
    return
  fi
  note "installing node modules (npm ci) …"
  install_modules || fail "the node modules could not be installed" "Is your npm registry reachable? Try: npm ping"
  printf '%s' "$lock" >"$stamp"
}

# A registry mirror may lack the optional packages of other platforms. A lock file made against it lacks them too, and npm ci
# calls that out of sync (EUSAGE). npm install then takes the same versions, by the same hashes, from the same lock file.
install_modules() {
  local log status=0
  log=$(mktemp)
  npm ci --no-fund --no-audit --loglevel=error </dev/null 2>"$log" || status=$?
  if [ "$status" -ne 0 ] && grep -q 'EUSAGE' "$log" && ! grep -E 'Missing:|Invalid:' "$log" | grep -qvE 'Missing: \S+@ from lock file'; then
    note "the lock file lacks packages of other platforms; installing with npm install …"
    status=0
    npm install --no-save --no-fund --no-audit --loglevel=error </dev/null 2>"$log" || status=$?
  fi
  [ "$status" -eq 0 ] || cat "$log" >&2
  rm -f "$log"
  return "$status"
}

# dist/ as the sources say; again only when a source, the build script or the modules changed.
ensure_build() {
  local stamp=dist/.tradebox-sources sources
  sources=$(find src images profiles scripts/build.mjs package.json package-lock.json -type f -print0 |
    LC_ALL=C sort -z | xargs -0 sha256sum | sha256_of -)
  if [ -f "$stamp" ] && [ -f dist/main.js ] && [ "$(cat "$stamp")" = "$sources" ]; then
    note "dist/ is up to date"
    return
  fi
  note "building dist/ …"
  rm -f "$stamp"
  npm run --silent build || fail "the build failed" "The lines above say where."
  printf '%s' "$sources" >"$stamp"
}

sha256_of() { cat -- "$@" | sha256sum | cut -d' ' -f1; }
