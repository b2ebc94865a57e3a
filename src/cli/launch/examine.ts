// Builds what the diagnose checks act on: a running box, this machine, and the real secrets to hunt for when they are at hand.
import { networkInterfaces } from 'node:os';
import type { z } from 'zod';
import { readJournal } from '../../audit/verify.js';
import { TradeboxError } from '../../core/errors.js';
import type { BoxUnderTest, CheckContext } from '../../diagnose/check.js';
import { type ProbeAction, probeReportSchema } from '../../diagnose/probe/protocol.js';
import { boxPaths } from '../../sandbox/box-paths.js';
import { control } from '../../sandbox/control.js';
import type { Engine } from '../../sandbox/engine.js';
import { captureExec, runningContainer } from '../../sandbox/exec.js';
import { outlivesTruncation } from '../../sandbox/handover.js';
import { isolationOf } from '../../sandbox/isolation/level-of.js';
import { unknownBox } from '../../sandbox/names.js';
import { agentAddressOn, sidecarAddressOn } from '../../sandbox/networks.js';
import { probeBox, probeFromWithin, probeWeakenedBox } from '../../sandbox/probe.js';
import { type BoxRecord, readRecord } from '../../sandbox/records.js';
import { canAskUpstream, upstreamServers } from '../../sandbox/upstream-names.js';
import { callerIds } from '../../sandbox/users.js';
import { keysReplySchema, statusSchema } from '../../sidecar/control.js';
import { defaultPorts, internalHosts } from '../../sidecar/settings.js';
import type { CliContext } from '../context.js';
import { echoHeader, echoVariable } from './bindings.js';
import type { LaunchPlan } from './plan.js';
import { launchRecordSchema } from './request.js';

/**
 * The context of the checks for a running box. `secrets` are the real values to hunt for; empty when the vault stays closed.
 * Throws BOX_UNKNOWN, BOX_NOT_RUNNING.
 */
export async function examine(
  context: CliContext,
  engine: Engine,
  name: string,
  secrets: LaunchPlan['secrets'],
): Promise<CheckContext> {
  const record = readRecord(context.paths.stateDir, name);
  const launch = launchRecordSchema.safeParse(record?.launch);
  if (record === undefined || !launch.success) {
    throw unknownBox(name, {
      remedy: 'List the boxes with `tradebox ps`, or leave the name out to test a throwaway box.',
    });
  }
  await runningContainer(engine, name, 'sidecar');
  const facts = await engine.facts();
  const { request } = launch.data;
  const config = await context.loadConfig(request.workdir, request.configFile);
  return {
    engine: {
      kernel: facts.kernel,
      endpoint: engine.endpoint.address,
      source: engine.endpoint.source,
      version: `${engine.version.product} ${engine.version.version}`,
      apiVersion: engine.version.apiVersion,
      rootless: facts.isRootless,
    },
    ownFiles: ownFilesOf(context, name, config.files),
    images: await imagesOf(engine, record),
    config: { path: config.files.at(-1), accounts: config.accounts.map(({ id }) => id) },
    secrets,
    hostAddresses: hostAddresses(),
    nameServers: canAskUpstream(facts) ? upstreamServers() : undefined,
    nowMs: context.clock.nowMs,
    box: await boxUnderTest(engine, record, launch.data, {
      ...callerIds(),
      stateDir: context.paths.stateDir,
    }),
    probeWeakened: async (on, plan) =>
      probeReportSchema.parse(
        await probeWeakenedBox(engine, record, record.images.sidecar, on === 'internal', plan),
      ),
  };
}

async function boxUnderTest(
  engine: Engine,
  record: BoxRecord,
  launch: z.output<typeof launchRecordSchema>,
  { uid, gid, stateDir }: { uid: number; gid: number; stateDir: string },
): Promise<BoxUnderTest> {
  const { name } = record;
  const { subnet } = record.networks.inside;
  const agent = await runningContainer(engine, name, 'agent');
  const labels = (await engine.api.containers.inspect(agent))?.labels ?? {};
  const isolation = isolationOf(labels);
  const exec = (argv: readonly string[], timeoutMs = 15_000) =>
    captureExec(engine, agent, { argv, at: isolation }, timeoutMs);
  return {
    name,
    mode: record.mode,
    isolation,
    sidecarAddress: sidecarAddressOn(subnet),
    agentAddress: agentAddressOn(subnet),
    connectPort: defaultPorts.connectPort,
    workdir: record.workdir,
    uid,
    gid,
    decoys: record.decoys,
    echo: {
      host: internalHosts.echo,
      decoy: record.decoys[echoVariable] ?? '',
      headerName: echoHeader.name,
      headerPrefix: echoHeader.prefix,
    },
    echoExpectedSha256: launch.echoExpectedSha256,
    preflight: launch.preflight,
    status: async () => statusSchema.parse(await askSidecar(engine, name, 'status')),
    keys: async () => keysReplySchema.parse(await askSidecar(engine, name, 'keys')).keys,
    probe: async (plan: readonly ProbeAction[]) =>
      probeReportSchema.parse(
        isolation === 'container'
          ? await probeBox(engine, record, record.images.sidecar, plan)
          : await probeFromWithin(engine, agent, isolation, plan),
      ),
    met: async (host) =>
      [...readJournal(boxPaths(stateDir, name).journal)].flatMap(({ event }) => {
        if (event.type === 'dns.denied' && event.name === host) return ['dns'];
        return event.type === 'connection.denied' && event.host === host ? [event.ingress] : [];
      }),
    keepsReadOnly: () => outlivesTruncation(stateDir, name, exec),
    exec,
  };
}

async function askSidecar(engine: Engine, name: string, op: 'status' | 'keys'): Promise<unknown> {
  const reply = await control(engine, name, { op });
  if (reply.ok) return reply.result;
  throw new TradeboxError('SIDECAR_FAILED', `the sidecar refused to tell its ${op}: ${reply.message}`);
}

function ownFilesOf(
  context: CliContext,
  name: string,
  configFiles: readonly string[],
): CheckContext['ownFiles'] {
  const { paths } = context;
  const box = boxPaths(paths.stateDir, name);
  const directories = [paths.configDir, paths.stateDir, paths.sandboxesDir, box.dir, box.journal];
  return [
    ...directories.map((path) => ({ path, maxMode: 0o700 })),
    ...[paths.vaultFile, box.record, ...configFiles].map((path) => ({ path, maxMode: 0o600 })),
  ];
}

async function imagesOf(engine: Engine, record: BoxRecord): Promise<CheckContext['images']> {
  return Promise.all(
    Object.entries(record.images).map(async ([role, tag]) => ({
      role,
      tag,
      present: (await engine.api.images.find(tag)) !== undefined,
    })),
  );
}

/** Every address of this machine but loopback and link-local IPv6, which needs a zone that the box does not share. */
function hostAddresses(): string[] {
  return Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .filter(({ internal, address }) => !internal && !address.startsWith('fe80:'))
    .map(({ address }) => address);
}
