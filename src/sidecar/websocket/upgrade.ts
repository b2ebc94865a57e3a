// An upgrade on its way: the upstream's WebSocket, asked for over the guarded upstream, and what the agent is told when there is none.
import type { Socket } from 'node:net';
import { UpstreamError } from '../dial.js';
import type { Exchange } from '../stage.js';
import type { Upstream } from '../upstream.js';
import { Bridge, type BridgeEnvironment } from './bridge.js';
import { acceptPeer, openPeer, type Peer, UpgradeDeclined } from './endpoint.js';
import type { SocketPlan } from './plan.js';

export interface UpgradeEnvironment extends BridgeEnvironment {
  upstream: Pick<Upstream, 'dialSocket'>;
}

/** The agent's side of a connection that may leave HTTP. */
export interface UpgradeDoor {
  /** Gives the socket up, with what was read beyond the request put back. */
  detach(): Socket;
  /** From now on the bridge has the connection's deadlines and its end. */
  adopt(bridge: Bridge, exchange: Exchange): void;
}

/** Rejects with UpstreamError, UpgradeDeclined, or whatever broke the handshake. */
async function openUpstream(env: UpgradeEnvironment, exchange: Exchange, plan: SocketPlan): Promise<Peer> {
  const { host, port } = exchange;
  const { maxAnswerBytes, openMs } = env.socketLimits;
  const connection = await env.upstream.dialSocket(host, port);
  return openPeer(
    connection.socket,
    { host, port, path: plan.path, protocols: plan.protocols, headers: plan.headers },
    { maxMessageBytes: maxAnswerBytes, timeoutMs: openMs },
  );
}

/** Hears of an upgrade: one of the first two once, unless the agent goes away before; the last after a join. */
export interface UpgradeOwner {
  /** True when nobody waits for the 101 any more. */
  isGone(): boolean;
  /** 101, or 0 when the agent went away in this moment. */
  onJoined(status: 101 | 0): void;
  onFailed(status: number, code: string): void;
  onClosed: ConstructorParameters<typeof Bridge>[2];
}

interface UpgradeParts {
  exchange: Exchange;
  plan: SocketPlan;
  door: UpgradeDoor;
  /** The decision's place in the journal. */
  seq: number;
}

/** S10: the decision is on disk before the agent gets its 101; until then the upstream's socket is only opened. */
export function startUpgrade(env: UpgradeEnvironment, parts: UpgradeParts, owner: UpgradeOwner): void {
  const opening = openUpstream(env, parts.exchange, parts.plan);
  Promise.all([opening, env.journal.durable(parts.seq)]).then(
    ([upstream]) => {
      if (owner.isGone()) upstream.terminate();
      else if (!parts.plan.isCurrent()) {
        upstream.terminate();
        owner.onFailed(503, 'SECRET_ROTATED');
      } else owner.onJoined(joinPeers(env, { ...parts, upstream }, owner.onClosed) ? 101 : 0);
    },
    (error: unknown) => {
      opening.then(
        (upstream) => upstream.terminate(),
        () => {},
      );
      const { status, code } = upgradeProblem(error);
      owner.onFailed(status, code);
    },
  );
}

/** Gives the agent its 101 and joins the two; false when the agent is gone. */
function joinPeers(
  env: UpgradeEnvironment,
  parts: { exchange: Exchange; plan: SocketPlan; upstream: Peer; door: UpgradeDoor },
  onClosed: ConstructorParameters<typeof Bridge>[2],
): boolean {
  const { exchange, plan, upstream, door } = parts;
  const { screen, key, path } = plan;
  const limits = { maxMessageBytes: screen.maxMessageBytes };
  const agent = acceptPeer(door.detach(), { path, key, protocol: upstream.protocol }, limits);
  if (agent === undefined) {
    upstream.terminate();
    return false;
  }
  door.adopt(new Bridge(env, { request: exchange.id, agent, upstream, screen }, onClosed), exchange);
  return true;
}

/** Status and journal code for an upgrade that failed. */
export function upgradeProblem(error: unknown): { status: number; code: string } {
  if (error instanceof UpgradeDeclined) {
    // The upstream's own no, without its words: they may hold what no scrubber of this path has seen.
    const isClientError = error.status >= 400 && error.status < 500;
    return { status: isClientError ? error.status : 502, code: 'UPGRADE_DECLINED' };
  }
  const code = error instanceof UpstreamError ? error.code : 'UPSTREAM_MALFORMED';
  if (error instanceof Error && error.message === 'UPSTREAM_TIMEOUT')
    return { status: 504, code: 'UPSTREAM_TIMEOUT' };
  return { status: code === 'UPSTREAM_TIMEOUT' ? 504 : 502, code };
}
