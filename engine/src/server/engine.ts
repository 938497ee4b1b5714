/** Puts one engine process together, and takes it down without losing a submission. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Clock, CoiError, type Logger } from '@coi-webmail/base';
import { Places } from '../account/nearby.ts';
import type { CreateAccount, VerifyLogin } from '../account/service.ts';
import { proxyTrust } from '../auth/client-ip.ts';
import { RateLimit } from '../auth/rate-limit.ts';
import { Sessions } from '../auth/session.ts';
import { type Config, FRAME_OVERHEAD_BYTES } from '../config.ts';
import { LocalDeliveryDesk } from '../delivery/desk.ts';
import { type DeliveryServer, startDeliveryServer } from '../delivery/server.ts';
import type { Hub } from '../hub/hub.ts';
import type { Store } from '../store/store.ts';
import { SharedByteBudget } from './byte-budget.ts';
import type { EngineContext } from './context.ts';
import { createHttpHandler } from './http.ts';
import { OriginPolicy } from './origin.ts';
import { Registry } from './registry.ts';
import { SessionWatch } from './session-watch.ts';
import { SocketDoor } from './upgrade.ts';
import { failureFields } from './failure.ts';

/** Running submissions get so long to finish. */
export const DRAIN_MS = 10_000;
const SWEEP_MS = 10 * 60_000;
/** Proxies keep idle connections for about a minute; ours must outlive theirs. */
const KEEP_ALIVE_MS = 75_000;

export interface EngineParts {
  readonly config: Config;
  readonly store: Store;
  readonly hub: Hub;
  readonly createAccount: CreateAccount;
  readonly verifyLogin: VerifyLogin;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface Engine {
  readonly host: string;
  readonly port: number;
  /** Drains: no new work, sockets closed with 1001, running submissions finished. Idempotent. */
  stop(): Promise<void>;
}

/** @throws CoiError `invalid-config` when the port is taken or not allowed */
export async function startEngine(parts: EngineParts): Promise<Engine> {
  const { config, store, hub, clock, log } = parts;
  let isDraining = false;
  const desk = config.deliveryEvents === undefined ? undefined : new LocalDeliveryDesk({ clock, log });
  const context = makeContext(parts, desk, () => isDraining);
  const door = new SocketDoor(context);
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, createHttpHandler(context));
  server.on('upgrade', door.upgrade);
  await listen(server, config);
  const delivery = await takeDeliveries(parts, desk).catch((error: unknown) => {
    server.close();
    throw error;
  });
  let cancelSweep = sweepEvery(parts);
  const { address: host, port } = server.address() as AddressInfo;
  log.info('listening', { port });

  const drain = async () => {
    isDraining = true;
    log.info('draining');
    cancelSweep();
    cancelSweep = () => undefined;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    await delivery?.stop();
    door.closeAll();
    server.closeIdleConnections();
    await within(clock, DRAIN_MS, Promise.all([context.registry.stopAll(), closed]));
    server.closeAllConnections();
    await hub.close();
    await store.close();
    log.info('stopped');
  };
  let stopped: Promise<void> | undefined;
  return { host, port, stop: () => (stopped ??= drain()) };
}

/** @throws CoiError `invalid-config` */
async function takeDeliveries(
  { config, log }: EngineParts,
  desk: LocalDeliveryDesk | undefined,
): Promise<DeliveryServer | undefined> {
  const { deliveryEvents, issuers } = config;
  if (deliveryEvents === undefined || desk === undefined) return undefined;
  const onNotice: Parameters<typeof startDeliveryServer>[0]['onNotice'] = (issuer, notice) => {
    if (!desk.tell(issuer, notice)) log.debug('delivery-event-for-nobody');
  };
  return startDeliveryServer({ listen: deliveryEvents, sources: issuers, onNotice, log });
}

function makeContext(
  parts: EngineParts,
  delivery: LocalDeliveryDesk | undefined,
  isDraining: () => boolean,
): EngineContext {
  const { config, store, hub, clock, log, createAccount, verifyLogin } = parts;
  const { rateLimits } = config;
  const budget = new SharedByteBudget(config.byteBudgetBytes, clock);
  const trust = proxyTrust(config.trustedProxies);
  const sessions = new Sessions({ store, clock, issuers: config.issuers, ...config.session });
  const maxMessageBytes = Math.min(config.maxMessageBytes, config.maxFrameBytes - FRAME_OVERHEAD_BYTES);
  const { defaultMode, unknownWaitMs, parkAfterMs } = config;
  const places = new Places(config.maxNearbyAccounts);
  const deps = { store, hub, delivery, places, log, budget, defaultMode, unknownWaitMs, maxMessageBytes, parkAfterMs };
  return {
    config,
    store,
    sessions,
    watch: new SessionWatch({ sessions, clock, log }),
    registry: new Registry({ createAccount, deps, clock, log }),
    budget,
    origins: new OriginPolicy(config.publicOrigins, trust),
    trust,
    limits: {
      ip: new RateLimit(rateLimits.failedSignOnsPerIp, clock),
      account: new RateLimit(rateLimits.failedSignOnsPerAccount, clock),
      ticket: new RateLimit(rateLimits.failedTicketsPerIp, clock),
    },
    verifyLogin,
    clock,
    log,
    isDraining,
  };
}

function listen(server: Server, { listen: { host, port } }: Config): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => {
      const message = 'Setting listen names an address that cannot be used; choose a free port';
      reject(new CoiError('invalid-config', message, { cause, details: { setting: 'listen' } }));
    });
    server.listen(port, host, resolve);
  });
}

function sweepEvery({ store, clock, log }: EngineParts): () => void {
  let cancel: () => void;
  const schedule = () => (cancel = clock.after(SWEEP_MS, () => void sweep()));
  const sweep = async () => {
    await store.sweep(clock.now()).catch((error: unknown) => log.warn('sweep-failed', failureFields(error)));
    schedule();
  };
  schedule();
  return () => cancel();
}

/** Waits for `work`, but no longer than `ms`; its failure is no reason to stay. */
async function within(clock: Clock, ms: number, work: Promise<unknown>): Promise<void> {
  let cancel: () => void = () => undefined;
  const timeout = new Promise<void>((resolve) => (cancel = clock.after(ms, resolve)));
  await Promise.race([Promise.allSettled([work]), timeout]);
  cancel();
}
