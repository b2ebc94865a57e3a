// All that is known of one order, as lines for the human who decides on it: the same in `orders show` and in the live view.
import { neutralText } from '../orders/agent-text.js';
import { describeAssessment } from '../orders/describe-assessment.js';
import { ageText, describeExplanation, describeIntent, describeQuestions } from '../orders/describe-order.js';
import type { OrderView } from '../sidecar/orders/order-view.js';
import { printable, type Style } from './style.js';

/** Everything a human decides by, one line each. Agent text is neutral in it. `mostMargins`: as in describeAssessment. */
export function orderLines(box: string, view: OrderView, style: Style, mostMargins?: number): string[] {
  const row = (name: string, value: string): string => `${style.dim(name.padEnd(12))} ${printable(value)}`;
  const outcomes = view.outcomes.map(
    ({ state, venueOrderId, filled, averagePrice, code }) =>
      `${state}${venueOrderId === undefined ? '' : ` as ${venueOrderId}`}${filled === undefined ? '' : `, ${filled} filled`}${averagePrice === undefined ? '' : ` at ${averagePrice}`}${code === undefined ? '' : `, code ${code}`}`,
  );
  return [
    ...view.intents.map((intent) => style.bold(printable(describeIntent(intent)))),
    ...describeQuestions(view.intents).map(([name, said]) => row(name, said)),
    row('order', `${view.order} (${view.state})`),
    ...clientIdsOf(view).map((id) => row('client id', id)),
    row('fingerprint', view.fingerprint),
    row('box', `${box}, account ${view.account}, ${view.operation}`),
    row('worth', worthOf(view)),
    ...(view.intents.every(({ action }) => action === 'cancel')
      ? []
      : describeExplanation(view.explanation, view.nowMs).map(([name, said]) => row(name, said))),
    ...(view.client === undefined ? [] : [row('client', clientText(view.client))]),
    ...(view.assessment === undefined
      ? []
      : describeAssessment(view.assessment, currencyOf(view), mostMargins).map(([name, said]) =>
          row(name, said),
        )),
    row('age', ageText(view.nowMs - view.proposedMs)),
    ...(view.state === 'held' && view.expiresMs !== undefined
      ? [row('expires in', ageText(view.expiresMs - view.nowMs))]
      : []),
    ...(view.approvalsWanted === 0
      ? []
      : [
          row(
            'approvals',
            `${view.approvers.length} of ${view.approvalsWanted} ${view.approvers.join(', ')}${view.approvalsWanted > 1 ? ' (signed, with --as <name>)' : ''}`,
          ),
        ]),
    ...view.reasons.map(({ code, message }) => row('rule', `${code}: ${message}`)),
    ...outcomes.map((outcome) => row('venue', outcome)),
    ...(view.note === '' ? [] : [row('note', view.note)]),
  ];
}

/** The ids that the client gave its orders, as far as one screen shows them. */
function clientIdsOf({ intents }: OrderView): string[] {
  const ids = intents.flatMap(({ clientOrderId }) =>
    clientOrderId === undefined ? [] : [neutralText(clientOrderId, 64)],
  );
  return ids.length === 0 ? [] : [`${ids.slice(0, 5).join(', ')}${ids.length > 5 ? ', …' : ''}`];
}

function worthOf(view: OrderView): string {
  return view.notional === undefined ? 'not known' : `${view.notional} ${currencyOf(view)}`;
}

const currencyOf = ({ currency }: OrderView): string => neutralText(currency ?? 'in its quote currency', 24);

/** The sidecar sees a request, never the program that made it. */
const clientText = (client: string): string =>
  `${neutralText(client.replace(/ {2,}/g, ' '), 40)} (as it calls itself)`;
