// Which distribution this host runs and which mirror its own apt uses: read at run time, never written into the program. Pure.

/** A Debian or Ubuntu release that debootstrap can make from the host's own mirror. */
export interface HostDistribution {
  id: 'debian' | 'ubuntu';
  /** `bookworm`, `noble` … */
  suite: string;
  mirror: string;
}

/** `os-release` and the host's apt source files → what to build the base from; undefined on another system. */
export function findDistribution(
  osRelease: string,
  sourceFiles: readonly { path: string; content: string }[],
): HostDistribution | undefined {
  const id = fieldOf(osRelease, 'ID');
  const suite = fieldOf(osRelease, 'VERSION_CODENAME');
  if ((id !== 'debian' && id !== 'ubuntu') || suite === undefined) return undefined;
  for (const { path, content } of sourceFiles) {
    const entries = path.endsWith('.sources') ? parseDeb822(content) : parseOneLine(content);
    const found = entries.find((entry) => entry.suites.includes(suite) && entry.components.includes('main'));
    if (found !== undefined) return { id, suite, mirror: found.uri };
  }
  return undefined;
}

interface SourceEntry {
  uri: string;
  suites: string[];
  components: string[];
}

/** `deb [options] uri suite component…` (sources.list(5)). */
function parseOneLine(content: string): SourceEntry[] {
  return content.split('\n').flatMap((line) => {
    const match = /^deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)\s+(.+)$/.exec(line.trim());
    if (match?.[1] === undefined || match[2] === undefined || match[3] === undefined) return [];
    return [{ uri: match[1], suites: [match[2]], components: words(match[3]) }].filter(isWebMirror);
  });
}

/** Stanzas of `Field: value` (sources.list(5), DEB822-STYLE FORMAT). */
function parseDeb822(content: string): SourceEntry[] {
  return content.split(/\n\s*\n/).flatMap((stanza) => {
    const fields = new Map<string, string>();
    let last: string | undefined;
    for (const line of stanza.split('\n')) {
      if (line.startsWith('#')) continue;
      const field = /^([A-Za-z-]+):\s*(.*)$/.exec(line);
      if (field?.[1] !== undefined) {
        last = field[1].toLowerCase();
        fields.set(last, field[2] ?? '');
      } else if (last !== undefined && /^\s/.test(line)) {
        fields.set(last, `${fields.get(last)} ${line.trim()}`);
      }
    }
    if (!words(fields.get('types')).includes('deb') || fields.get('enabled') === 'no') return [];
    const suites = words(fields.get('suites'));
    const components = words(fields.get('components'));
    return words(fields.get('uris'))
      .map((uri) => ({ uri, suites, components }))
      .filter(isWebMirror);
  });
}

function isWebMirror(entry: SourceEntry): boolean {
  return /^https?:\/\/[^@]+$/.test(entry.uri); // one with credentials would end up in an image (S2)
}

function words(text = ''): string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}

function fieldOf(osRelease: string, name: string): string | undefined {
  return new RegExp(`^${name}="?([^"\\n]*)"?$`, 'm').exec(osRelease)?.[1];
}
