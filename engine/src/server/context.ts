/** What the routes and sockets of one engine share. Made by engine.ts; holds no behaviour of its own. */
import type { Clock, Logger } from '@coi-webmail/base';
import type { ByteBudget, VerifyLogin } from '../account/service.ts';
import type { ProxyTrust } from '../auth/client-ip.ts';
import type { RateLimit } from '../auth/rate-limit.ts';
import type { Sessions } from '../auth/session.ts';
import type { Config } from '../config.ts';
import type { Store } from '../store/store.ts';
import type { OriginPolicy } from './origin.ts';
import type { Registry } from './registry.ts';
import type { SessionWatch } from './session-watch.ts';

export interface EngineContext {
  readonly config: Config;
  readonly store: Store;
  readonly sessions: Sessions;
  readonly watch: SessionWatch;
  readonly registry: Registry;
  readonly budget: ByteBudget;
  readonly origins: OriginPolicy;
  readonly trust: ProxyTrust;
  readonly limits: { readonly ip: RateLimit; readonly account: RateLimit; readonly ticket: RateLimit };
  readonly verifyLogin: VerifyLogin;
  readonly clock: Clock;
  readonly log: Logger;
  /** The process is about to end: no new work. */
  readonly isDraining: () => boolean;
}
