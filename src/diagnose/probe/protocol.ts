// What the host asks the probe to do and what it answers. The probe only acts and reports; the checks on the host judge.
import { z } from 'zod';

export const probeActionSchema = z.discriminatedUnion('do', [
  /** Opens a TCP connection. */
  z.strictObject({
    do: z.literal('tcp'),
    id: z.string(),
    host: z.string(),
    port: z.int(),
    timeoutMs: z.int(),
  }),
  /** Sends one datagram and waits for any answer. */
  z.strictObject({
    do: z.literal('udp'),
    id: z.string(),
    host: z.string(),
    port: z.int(),
    payload: z.string(),
    timeoutMs: z.int(),
  }),
  /** Asks one DNS question; `server` absent: the resolver the box is configured with. */
  z.strictObject({
    do: z.literal('dns'),
    id: z.string(),
    name: z.string(),
    server: z.string().optional(),
    timeoutMs: z.int(),
  }),
  /** One HTTPS request, dialled to `address` (default: the name's own resolution) or through a CONNECT proxy. */
  z.strictObject({
    do: z.literal('https'),
    id: z.string(),
    host: z.string(),
    port: z.int(),
    path: z.string(),
    method: z.string(),
    headers: z.record(z.string(), z.string()),
    ca: z.string(),
    address: z.string().optional(),
    proxy: z.strictObject({ host: z.string(), port: z.int() }).optional(),
    timeoutMs: z.int(),
  }),
  /** Environment, command line and status of every process the box can see. */
  z.strictObject({ do: z.literal('processes'), id: z.string() }),
  /** The probe's own clock, network interfaces and routes (it shares them with the agent). */
  z.strictObject({ do: z.literal('self'), id: z.string() }),
]);
export type ProbeAction = z.infer<typeof probeActionSchema>;

export const probePlanSchema = z.array(probeActionSchema).max(500);

export const processSchema = z.strictObject({
  pid: z.int(),
  command: z.string(),
  environment: z.record(z.string(), z.string()),
  /** `CapEff`, `CapBnd`, `NoNewPrivs`, `Seccomp`, `Uid`, `Gid` of /proc/<pid>/status. */
  status: z.record(z.string(), z.string()),
});

export const probeObservationSchema = z.discriminatedUnion('do', [
  z.strictObject({
    do: z.enum(['tcp', 'udp']),
    id: z.string(),
    outcome: z.enum(['connected', 'answered', 'failed']),
    detail: z.string(),
  }),
  z.strictObject({
    do: z.literal('dns'),
    id: z.string(),
    outcome: z.enum(['answered', 'failed']),
    addresses: z.array(z.string()),
    detail: z.string(),
  }),
  z.strictObject({
    do: z.literal('https'),
    id: z.string(),
    outcome: z.enum(['answered', 'failed']),
    status: z.int(),
    body: z.string(),
    detail: z.string(),
  }),
  z.strictObject({ do: z.literal('processes'), id: z.string(), processes: z.array(processSchema) }),
  z.strictObject({
    do: z.literal('self'),
    id: z.string(),
    nowMs: z.number(),
    /** Addresses of every interface. */
    addresses: z.array(z.string()),
    /** Lines of /proc/net/route without its heading. */
    routes: z.array(z.string()),
    nameservers: z.array(z.string()),
  }),
]);
export type ProbeObservation = z.infer<typeof probeObservationSchema>;
export const probeReportSchema = z.array(probeObservationSchema);
