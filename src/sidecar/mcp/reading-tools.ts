// The agent's tools that only read: its mode, its limits, its orders, and why one of them was refused.
import { z } from 'zod';
import { rules } from '../../guard/rules.js';
import type { AgentView } from '../orders/agent-view.js';
import { type AgentTool, defineTool } from './tool.js';

export interface ReadingParts {
  about: { sandbox: string; mode: string; paper: boolean };
  view: AgentView;
}

const nothing = z.strictObject({});
const meanings: Readonly<Record<string, string>> = {
  demo: 'Orders within the limits go to demo accounts at once; no real money moves.',
  readonly: 'You can read account and market data. Every order is refused.',
  shadow:
    'Market data is real; orders are played inside the sandbox at its prices, and no venue sees them. Use the REST API of the venue: no WebSocket is carried.',
  propose:
    'Every order waits for a human. Place it once, then wait: repeat the identical request, never a changed one.',
  live: 'Orders within the limits go out at once with real money; larger ones wait for a human.',
};

export function readingTools({ about, view }: ReadingParts): AgentTool[] {
  return [
    defineTool({
      name: 'get_mode',
      description:
        'Says in which mode this sandbox trades and what that means for your orders: demo, readonly, shadow, propose or live, and whether the exchange is a paper one. Ask it before you plan any order. You cannot change the mode.',
      input: nothing,
      isReadOnly: true,
      call: () => ({
        value: {
          ...about,
          meaning:
            about.paper && about.mode !== 'shadow'
              ? 'Orders go to a paper exchange inside the sandbox; no venue sees them.'
              : (meanings[about.mode] ?? 'Unknown.'),
        },
      }),
    }),
    defineTool({
      name: 'get_limits',
      description:
        'Gives the limits that every order is judged by: guardrails, reflexes, how long an order waits for a human, and whether each account may trade now. Plan orders inside them; an order outside is refused, and repeating it can halt the account. Only a human can change limits.',
      input: nothing,
      isReadOnly: true,
      call: () => ({ value: view.read('/limits') }),
    }),
    defineTool({
      name: 'list_proposals',
      description:
        'Lists your latest orders, newest first, with their state (held, approved, rejected, expired, sent, acknowledged, unknown …), reason codes and what the venue did. Use it instead of sending an order again: an order whose state is held waits for a human, and one whose state is unknown is being asked for at the venue.',
      input: nothing,
      isReadOnly: true,
      call: () => ({ value: view.read('/orders') }),
    }),
    defineTool({
      name: 'explain_denial',
      description:
        'Explains why one of your orders was refused or held: its reason codes, and what the limits behind them are for. Give the order id of list_proposals or of the refusal. Use it before you change an order; do not try to get round a limit by splitting or renaming the order.',
      input: z.strictObject({
        order: z.string().min(1).max(40).describe('Order id, e.g. of list_proposals'),
      }),
      isReadOnly: true,
      call: ({ order }) => explain(view, order),
    }),
  ];
}

/** What is not plain from a code's name: how long it lasts, and what passes meanwhile. */
const codeMeanings: Readonly<Record<string, string>> = {
  EXIT_THROTTLE:
    'The orders of the hour are used up, and of exits so many leave within a minute. Wait a minute, then close what is left in fewer orders; cancels pass.',
  REVERSED_CLOSE:
    'The position that this order would have closed is closed already, so it would open the reverse. By design every order in that direction is refused for a while (closedMs of the reflexes in get_limits, from when the position was first seen to be closed), unless the venue holds it to reducing. Look at your position; if you do mean to open the reverse, wait that long and place a new order.',
};

const listed = z.object({
  orders: z.array(z.object({ order: z.string(), state: z.string(), reasons: z.array(z.string()) })),
});

function explain(view: AgentView, order: string): ReturnType<AgentTool['call']> {
  const found = listed.parse(view.read('/orders')).orders.find((each) => each.order === order);
  if (found === undefined) {
    const problem =
      'No order of yours has this id. A refusal that names no order was no order request; the operator can look it up.';
    return { isRefusal: true, value: { problem } };
  }
  const { state, reasons } = found;
  return {
    value: {
      order,
      state,
      reasons,
      meanings: reasons.flatMap((code) => codeMeanings[code] ?? []),
      next:
        state === 'held'
          ? 'A human decides. Wait, then repeat the identical request.'
          : 'Read get_limits and propose an order inside them, or ask the human.',
      limits: rules.map(({ key, summary }) => ({ key, summary })),
    },
  };
}
