/**
 * Watches the chat list of a page that starts: in which animation frame it is connected, shows the right first
 * screen, is right as a whole, and has everything. Times are milliseconds since the navigation began.
 */
import type { BrowserContext, Page } from 'playwright-core';
import type { User } from '../stack/users.ts';
import type { ChatCorpus } from './chat-corpus.ts';

const FIRST_ROWS = 20;
const TIMEOUT_MS = 60_000;
/** As much of a last line as is compared. */
const TEXT_CHARS = 60;

export interface ListTimes {
  readonly online: number;
  readonly firstScreen: number;
  readonly completeList: number;
  /** The first sync is over, and as many lines are unread as there should be. */
  readonly synced: number;
}

interface ProbeOptions {
  /** `title|last line` of each chat, in the order of the list. */
  readonly expected: readonly string[];
  readonly unreadCount: number;
}

interface ProbeWindow {
  coiList: Promise<ListTimes>;
}

interface Limits {
  readonly firstRows: number;
  readonly timeoutMs: number;
  readonly textChars: number;
}

/** Runs in the page before its own scripts. */
function install({ expected, unreadCount, firstRows, timeoutMs, textChars }: ProbeOptions & Limits): void {
  interface Chat {
    readonly title: string;
    readonly unreadCount: number;
    readonly last?: { readonly text: string };
  }
  type ListElement = Element & { readonly view?: { readonly chats: readonly Chat[] } };
  type BannerElement = Element & {
    readonly overview?: { readonly syncProgress?: number; readonly connection: string };
  };
  const words = (chat: Chat | undefined) => `${chat?.title}|${(chat?.last?.text ?? '').slice(0, textChars)}`;
  const times = { online: 0, firstScreen: 0, completeList: 0, synced: 0 };
  const isFirstScreen = (list: ListElement | null | undefined) => {
    const rows = [...(list?.shadowRoot?.querySelectorAll('coi-chat-row') ?? [])].slice(0, firstRows);
    const isRight = (row: Element, index: number) => {
      const { chat } = row as Element & { chat?: Chat };
      return words(chat) === expected[index] && row.shadowRoot?.textContent?.includes(chat?.title ?? '?') === true;
    };
    return rows.length === firstRows && rows.every(isRight);
  };
  (window as unknown as ProbeWindow).coiList = new Promise((resolve, reject) => {
    const look = () => {
      const root = document.querySelector('coi-chat-app')?.shadowRoot;
      const list = root?.querySelector<ListElement>('coi-chat-list');
      const overview = root?.querySelector<BannerElement>('coi-banner')?.overview;
      const chats = list?.view?.chats ?? [];
      const now = performance.now();
      if (times.online === 0 && overview?.connection === 'online') times.online = now;
      if (times.firstScreen === 0 && isFirstScreen(list)) times.firstScreen = now;
      const isComplete = chats.length === expected.length && chats.every((chat, at) => words(chat) === expected[at]);
      if (times.completeList === 0 && isComplete) times.completeList = now;
      const unread = chats.reduce((sum, chat) => sum + chat.unreadCount, 0);
      if (isComplete && times.online > 0 && overview?.syncProgress === undefined && unread === unreadCount) {
        times.synced = now;
        resolve(times);
      } else if (now < timeoutMs) requestAnimationFrame(look);
      else {
        const wrong = chats.findIndex((chat, at) => words(chat) !== expected[at]);
        const difference = `${chats.length} chats, ${unread} unread; at ${wrong} "${words(chats[wrong])}"`;
        reject(new Error(`${difference} instead of "${expected[wrong]}"; ${JSON.stringify(times)}`));
      }
    };
    requestAnimationFrame(look);
  });
}

/** For every page that the context opens from now on. */
export async function installListProbe(context: BrowserContext, corpus: ChatCorpus, unreadCount = 0): Promise<void> {
  const expected = corpus.chats.map(({ title, lastText }) => `${title}|${lastText.slice(0, TEXT_CHARS)}`);
  const limits = { firstRows: FIRST_ROWS, timeoutMs: TIMEOUT_MS, textChars: TEXT_CHARS };
  await context.addInitScript(install, { expected, unreadCount, ...limits });
}

/** @throws Error that says what is wrong with the list when it is not right in time */
export function listTimes(page: Page): Promise<ListTimes> {
  return page.evaluate(() => (window as unknown as ProbeWindow).coiList);
}

/** Signs the browser on without a page, as a webmail has done before chat is opened. */
export async function signOnBrowser(context: BrowserContext, engineUrl: string, user: User): Promise<void> {
  const answer = await context.request.post(new URL('session', engineUrl).href, {
    headers: { 'content-type': 'application/json', origin: new URL(engineUrl).origin },
    data: { address: user.address, password: user.password },
  });
  if (!answer.ok()) throw new Error(`Sign-on was refused with ${answer.status()}`);
  const { accountHash } = (await answer.json()) as { readonly accountHash: string };
  await context.addInitScript((hash) => localStorage.setItem('coi:account', hash), accountHash);
}
