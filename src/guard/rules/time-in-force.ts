// Rule: only these times in force. An order that names none has the venue's default, good till cancelled.
import { defineRule, deny } from '../rule.js';

export const timeInForce = defineRule({
  key: 'timeInForce',
  summary: 'only these times in force are used',
  bindsExits: false,
  judge: (allowed, { orders }) =>
    orders
      .filter(({ intent }) => intent.type !== 'market')
      .map(({ intent }) => intent.timeInForce ?? 'gtc')
      .filter((each) => !allowed.includes(each))
      .map((each) => deny('TIME_IN_FORCE_NOT_ALLOWED', `the time in force ${each} is not allowed`)),
});
