/**
 * One process of Delta Chat core with one account. Core speaks JSON-RPC over standard input and output and keeps
 * events until they are fetched.
 */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { StackInfo } from '../stack/info.ts';
import type { User } from '../stack/users.ts';

const EVENT_TIMEOUT_MS = 120_000;

interface CoreEvent {
  readonly contextId: number;
  readonly kind: string;
  readonly at: number;
  readonly progress?: number;
  readonly msgId?: number;
  readonly chatId?: number;
}

interface Call {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

export class Core {
  private readonly child: ChildProcessByStdio<Writable, Readable, null>;
  private readonly calls = new Map<number, Call>();
  private readonly listeners = new Set<(event: CoreEvent) => void>();
  private lastId = 0;
  private account = 0;

  private constructor(folder: string) {
    const binary = createRequire(import.meta.url).resolve(
      `@deltachat/stdio-rpc-server-${process.platform}-${process.arch}`,
    );
    this.child = spawn(binary, [], {
      stdio: ['pipe', 'pipe', 'ignore'],
      env: { ...process.env, DC_ACCOUNTS_PATH: folder, RUST_LOG: 'error' },
    });
    createInterface({ input: this.child.stdout }).on('line', (line) => this.answer(line));
    this.child.on('exit', () => {
      for (const { reject } of this.calls.values()) reject(new Error('Delta Chat core ended'));
      this.calls.clear();
    });
    void this.pump();
  }

  static async start(folder: string, info: StackInfo, user: User): Promise<Core> {
    const core = new Core(folder);
    await core.add(info, user);
    return core;
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** One more account, from then on the one that calls are about. */
  async add(info: StackInfo, user: User): Promise<void> {
    this.account = (await this.request('add_account')) as number;
    await this.call('batch_set_config', { displayname: user.name, mdns_enabled: '0' });
    const server = { imapServer: info.host, imapPort: info.ports.imap, imapSecurity: 'plain', imapUser: user.address };
    const submission = { smtpServer: info.host, smtpPort: info.ports.submission, smtpSecurity: 'plain' };
    await this.call('add_or_update_transport', {
      ...server,
      ...submission,
      addr: user.address,
      password: user.password,
      imapFolder: null,
      smtpUser: user.address,
      smtpPassword: null,
      certificateChecks: 'acceptInvalidCertificates',
    });
    // Mail that comes before the first look at the inbox would count as old and never be shown.
    const ready = this.next(({ kind }) => kind === 'ImapInboxIdle');
    await this.call('start_io');
    await ready;
  }

  call(method: string, ...params: readonly unknown[]): Promise<unknown> {
    return this.request(method, this.account, ...params);
  }

  next(matches: (event: CoreEvent) => boolean): Promise<CoreEvent> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.listeners.delete(listener);
        reject(new Error('Delta Chat core did not report what was waited for'));
      }, EVENT_TIMEOUT_MS);
      const listener = (event: CoreEvent) => {
        if (event.contextId !== this.account || !matches(event)) return;
        clearTimeout(timer);
        this.listeners.delete(listener);
        resolve(event);
      };
      this.listeners.add(listener);
    });
  }

  async stop(): Promise<void> {
    const exited = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGTERM');
    await exited;
  }

  private request(method: string, ...params: readonly unknown[]): Promise<unknown> {
    this.lastId += 1;
    const id = this.lastId;
    this.child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`);
    return new Promise((resolve, reject) => this.calls.set(id, { resolve, reject }));
  }

  private answer(line: string): void {
    const { id, result, error } = JSON.parse(line) as { id: number; result?: unknown; error?: { message: string } };
    const call = this.calls.get(id);
    this.calls.delete(id);
    if (error === undefined) call?.resolve(result);
    else call?.reject(new Error(error.message));
  }

  private async pump(): Promise<void> {
    try {
      for (;;) {
        const { contextId, event } = (await this.request('get_next_event')) as {
          contextId: number;
          event: Omit<CoreEvent, 'contextId' | 'at'>;
        };
        const seen = { ...event, contextId, at: performance.now() };
        for (const listener of this.listeners) listener(seen);
      }
    } catch {
      // The process has ended, and nobody waits for events any more.
    }
  }
}
