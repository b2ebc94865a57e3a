// Loaded into every program of a box by /etc/ld.so.preload: names the box's certificate bundle to runtimes that look into a variable
// for it and into no file, as Node does. So it holds for programs too that are started with another environment or none (the
// children of MCP clients), by whatever path. What a program was given itself stays.
extern int setenv(const char *name, const char *value, int overwrites);

static const char *const names[] = {NAMES};

__attribute__((constructor)) static void trust(void) {
  for (unsigned i = 0; i < sizeof names / sizeof *names; i++) setenv(names[i], BUNDLE, 0);
}
