// Inner parts of Node that it keeps for old programs (`process.binding`, DEP0111): for what must start at once, where the module
// around a part takes longer to load than all else. Whoever asks does without where there is none.

/** Undefined where this Node does not give it. */
export function nodeBinding<Binding>(name: 'pipe_wrap' | 'tty_wrap'): Partial<Binding> | undefined {
  try {
    return (process as { binding?: (name: string) => Partial<Binding> }).binding?.(name);
  } catch {
    return undefined;
  }
}
