// At image build: the agent's seccomp rules, one a line on standard input, as a filter program of the kernel on standard output.
// A line: name, `allow` or `errno:N`, then any of `INDEX eq VALUE` and `INDEX masked MASK VALUE`.
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(void) {
  scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(1));
  if (filter == NULL) return 1;
  char line[400];
  int rules = 0;
  while (fgets(line, sizeof line, stdin) != NULL) {
    char *name = strtok(line, " \n"), *action = strtok(NULL, " \n");
    if (name == NULL || action == NULL) return 2;
    int call = seccomp_syscall_resolve_name(name);
    if (call < 0) continue; // of another architecture, or newer than the library
    struct scmp_arg_cmp tests[6];
    unsigned count = 0;
    for (char *index; (index = strtok(NULL, " \n")) != NULL && count < 6; count++) {
      char *operation = strtok(NULL, " \n"), *first = strtok(NULL, " \n");
      if (operation == NULL || first == NULL) return 2;
      int is_masked = strcmp(operation, "masked") == 0;
      char *second = is_masked ? strtok(NULL, " \n") : NULL;
      if (is_masked && second == NULL) return 2;
      tests[count] = (struct scmp_arg_cmp){.arg = atoi(index),
                                           .op = is_masked ? SCMP_CMP_MASKED_EQ : SCMP_CMP_EQ,
                                           .datum_a = strtoull(first, NULL, 0),
                                           .datum_b = is_masked ? strtoull(second, NULL, 0) : 0};
    }
    uint32_t taken = strcmp(action, "allow") == 0 ? SCMP_ACT_ALLOW : SCMP_ACT_ERRNO(atoi(action + strlen("errno:")));
    if (seccomp_rule_add_array(filter, taken, call, count, tests) != 0) return 3;
    rules++;
  }
  return rules > 100 && seccomp_export_bpf(filter, 1) == 0 ? 0 : 4;
}
