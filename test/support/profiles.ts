// Profiles that tests write into the user's profile directory: built-in agents that stay up, so that a test can look inside.

/** The okx CLI's image and settings of the built-in profile, behind a command that waits. Same recipe, so the same image. */
export const okxDesk = `name: okx-desk
description: the okx CLI in a box that stays up
image:
  npm: ["@okx_ai/okx-trade-cli@1.2.4"]
command: [sleep, infinity]
tty: false
env:
  OKX_DOH_BINARY_PATH: /nonexistent
files:
  - path: .okx/update-check.json
    content: |
      { "@okx_ai/okx-trade-cli": { "latestVersion": "1.2.4", "checkedAt": 32503680000000 } }
accounts: [okx]
credentials: ["*"]
`;

/** A shell that takes its script from the words after \`--\`; nothing installed beyond the base. */
export const plainShell = `name: sh
description: a plain shell
command: [sh]
accounts: [okx]
credentials: ["*"]
`;

/** The same with a file in its home; one text, so that tests share the machines that are made of it. */
export const shellWithHome = `${plainShell}files:
  - { path: .config/agent/settings.json, content: '{"ready": true}', isExecutable: false }
`;
