// Isolation levels by name: how strong the wall between an agent and this machine's kernel is.

/** Weakest first. */
export const isolationIds = ['container', 'gvisor', 'kata', 'vm'] as const;
export type IsolationId = (typeof isolationIds)[number];

/** What a user asks for; `auto` is the strongest that is proven to start here. */
export const isolationWishes = [...isolationIds, 'auto'] as const;
export type IsolationWish = (typeof isolationWishes)[number];
