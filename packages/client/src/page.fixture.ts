/** The page of the browser tests: signs on, connects, and keeps the newest values where a test can read them. */
import type { ChatId, TimelineView } from '@coi-webmail/chat';
import type { ChatListView, Overview, SessionInfo } from './api.ts';
import { type ChatClient, connect } from './connect.ts';

export interface TestPage {
  chat: ChatClient | undefined;
  overview: Overview | undefined;
  list: ChatListView | undefined;
  timeline: TimelineView | undefined;
  /** A timeline was told to be gone. */
  sawGone: boolean;
  signOn(address: string, password: string): Promise<SessionInfo>;
  start(session: SessionInfo | undefined, userKey: string): Promise<void>;
  open(chatId: ChatId): Promise<void>;
}

const page: TestPage = {
  chat: undefined,
  overview: undefined,
  list: undefined,
  timeline: undefined,
  sawGone: false,
  async signOn(address, password) {
    const body = JSON.stringify({ address, password });
    const response = await fetch('/coi/session', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    if (!response.ok) throw new Error(`Sign-on failed with ${response.status}`);
    return (await response.json()) as SessionInfo;
  },
  async start(session, userKey) {
    const { origin } = location;
    page.chat = await connect({
      workerUrl: `${origin}/worker.js`,
      engineUrl: `${origin}/coi/`,
      userKey,
      session,
      signOn: async () => undefined,
    });
    await page.chat.watchOverview((overview) => {
      page.overview = overview;
    });
    await page.chat.watchChats({ filter: 'all', search: '' }, (list) => {
      page.list = list;
    });
  },
  async open(chatId) {
    await page.chat?.watchTimeline({ chatId, count: 100 }, (timeline) => {
      page.timeline = timeline;
      page.sawGone ||= timeline === undefined;
    });
  },
};

(globalThis as unknown as { page: TestPage }).page = page;
