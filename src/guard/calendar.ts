// Days and sessions in a time zone, from the zone data of the runtime. Pure: the instant is given.

export interface Session {
  days: readonly string[];
  /** `09:30`. */
  from: string;
  to: string;
  timeZone: string;
  /** ISO dates on which it does not open. */
  holidays?: readonly string[] | undefined;
}

interface LocalTime {
  /** `2026-11-21` */
  date: string;
  /** `sat` */
  day: string;
  /** Since midnight. */
  minutes: number;
  seconds: number;
}

interface Zone {
  format: Intl.DateTimeFormat;
  /** The last answer, and the second since the epoch that it is of: rules ask for the same one again and again. */
  second: number;
  local: LocalTime | undefined;
}

const zones = new Map<string, Zone>();
const dayMs = 86_400_000;

/** Milliseconds since the epoch at which the day of an instant began. On a day when clocks change it may be an hour off, never a day. */
export function startOfDayMs(nowMs: number, timeZone: string): number {
  const { minutes, seconds } = localTime(nowMs, timeZone);
  return nowMs - minutes * 60_000 - seconds * 1000 - (nowMs % 1000);
}

/** True when the session is open: `to` is not part of it; one that ends before it begins belongs to the day it began. */
export function isWithin(nowMs: number, session: Session): boolean {
  const { from, to, timeZone, days, holidays = [] } = session;
  const [opens, closes] = [minutesOf(from), minutesOf(to)];
  const opensOn = ({ date, day }: LocalTime) => days.includes(day) && !holidays.includes(date);
  const now = localTime(nowMs, timeZone);
  if (opens < closes) return opensOn(now) && now.minutes >= opens && now.minutes < closes;
  return (
    (opensOn(now) && now.minutes >= opens) ||
    (opensOn(localTime(nowMs - dayMs, timeZone)) && now.minutes < closes)
  );
}

/** Of `09:30`. */
function minutesOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
}

function localTime(atMs: number, timeZone: string): LocalTime {
  const zone = zones.get(timeZone) ?? { format: formatOf(timeZone), second: Number.NaN, local: undefined };
  zones.set(timeZone, zone);
  const second = Math.floor(atMs / 1000);
  if (zone.local === undefined || zone.second !== second) {
    zone.second = second;
    zone.local = readLocal(zone.format.formatToParts(atMs));
  }
  return zone.local;
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en-GB', {
    timeZone,
    hourCycle: 'h23',
    weekday: 'short',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
}

function readLocal(formatted: readonly Intl.DateTimeFormatPart[]): LocalTime {
  const parts = Object.fromEntries(formatted.map(({ type, value }) => [type, value]));
  return {
    date: `${parts.year}-${parts.month}-${parts.day}`,
    day: String(parts.weekday).toLowerCase(),
    minutes: Number(parts.hour) * 60 + Number(parts.minute),
    seconds: Number(parts.second),
  };
}
