// Cancels of what no order of ours places: spreads, quotes, requests for quotes, bots' orders. One reader by table: ids and nothing else,
// so that a request of the class cancel can do no other thing.
import type { OrderIntent } from '../core/order.js';
import type { IntentBase } from './intent-base.js';
import type { OrderFields } from './order-fields.js';

export interface NamedCancel {
  /** Members that each hold one id. */
  ids?: readonly string[];
  /** Members that each hold a list of ids. */
  lists?: readonly string[];
  /** Without any of them it cancels all there are; else one at least must stand there. */
  canBeAll?: true;
  /** Members that stand beside the ids whenever these do, without saying what is cancelled. */
  beside?: readonly string[];
}

const idForm = /^[A-Za-z0-9][A-Za-z0-9_./:-]{0,63}$/;
/** "Cancel multiple RFQs" and "Cancel multiple quotes" of OKX: at most 100. */
const mostIds = 100;

/** Consumes the ids; who calls ends with `done`. The ids are none of orders, so none stands where those do. */
export function readNamedCancel(fields: OrderFields, base: IntentBase, row: NamedCancel): OrderIntent {
  const { ids = [], lists = [], beside = [], canBeAll = false } = row;
  const cancels: string[] = [];
  for (const name of ids) {
    const id = fields.id(name, idForm);
    if (id !== undefined) cancels.push(`${name} ${id}`);
  }
  for (const name of lists) {
    for (const entry of fields.list(name, mostIds) ?? []) {
      if (typeof entry !== 'string' || !idForm.test(entry))
        fields.refuse('FIELD_INVALID', name, 'holds no ids alone');
      cancels.push(`${name} ${entry}`);
    }
  }
  for (const name of beside) fields.need(name, idForm);
  const [first = 'id'] = [...ids, ...lists];
  if (cancels.length === 0 && !canBeAll) fields.refuse('FIELD_MISSING', first, 'is missing');
  return { ...base, action: 'cancel', instrument: '', ...(cancels.length === 0 ? {} : { cancels }) };
}
