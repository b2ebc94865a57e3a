// The time as text, for what is written thousands of times a second: Date's own formatting costs as much as a signature's hash.

/** First millisecond of the second that was written last, and its text up to the point. */
let second = Number.NaN;
let upToPoint = '';

/** `2026-01-31T12:00:00.000Z` of milliseconds since the epoch. @throws RangeError outside of what Date can tell. */
export function isoTime(ms: number): string {
  const whole = Math.trunc(ms);
  const millis = ((whole % 1000) + 1000) % 1000;
  if (whole - millis !== second) {
    upToPoint = new Date(whole).toISOString().slice(0, -4);
    second = whole - millis;
  }
  return `${upToPoint}${millis < 10 ? '00' : millis < 100 ? '0' : ''}${millis}Z`;
}
