/**
 * Entry of the plugin's script on every whole page of Roundcube: connects, shows the unread count, and mounts chat
 * where the page has a place for it.
 */
import { connectChat, mountChat } from '@coi-webmail/web-components';
import { showUnread } from './badge.ts';
import { makeHost } from './host.ts';
import { keepKeysIn, Panel } from './panel.ts';
import type { CoiEnv, FilingEnv, Rcmail } from './rcmail.ts';
import { Toggle } from './toggle.ts';

type Mode = 'active' | 'none';

function element(id: string): HTMLElement | undefined {
  return document.getElementById(id) ?? undefined;
}

function whenIdle(run: () => void): void {
  // Safari has no idle callback.
  if ('requestIdleCallback' in globalThis) requestIdleCallback(run, { timeout: 2000 });
  else setTimeout(run, 200);
}

function start(rcmail: Rcmail, coi: CoiEnv): void {
  const host = makeHost(rcmail, coi);
  const dock = element('layout-coi');
  const page = element('coi-page');
  const kinds = element('coi-kinds');
  const panel = dock && coi.place === 'dock' ? new Panel(rcmail, host, dock) : undefined;
  const toggle = kinds && new Toggle(rcmail, kinds, coi.view, coi);
  let mode = coi.mode;
  let unread = -1;

  if (panel !== undefined) {
    rcmail.register_command('coi-toggle', () => void (panel.isOpen ? panel.close() : panel.open()), true);
    panel.start();
  }
  if (page !== undefined) {
    keepKeysIn(rcmail, page);
    void mountChat({ host, element: page, place: 'full' });
  }

  /** The server learns that the mailbox is kept in another way, and the list is drawn anew. */
  const onMode = (next: Mode): void => {
    if (next === mode) return;
    mode = next;
    rcmail.http_post('plugin.coi.filing', { _mode: next });
  };
  rcmail.addEventListener('plugin.coi_filing', (filing: FilingEnv) => toggle?.learn(filing));

  const watch = async (): Promise<void> => {
    const api = await connectChat(host);
    const signOut = (): void => void api.signOut(false).catch(() => undefined);
    // The taskbar's button is a switch of tasks; other skins and plugins use the command.
    rcmail.addEventListener('beforeswitch-task', (task: unknown) => (task === 'logout' ? signOut() : undefined));
    rcmail.addEventListener('beforelogout', signOut);
    rcmail.addEventListener('coi-mode', (next: Mode) => {
      api.setMode(next).catch(() => rcmail.display_message(rcmail.get_label('modefailed', 'coi_chat'), 'error'));
    });
    await api.watchOverview((overview) => {
      if (overview.phase !== 'ready') return;
      showUnread(overview.unreadChats);
      if (overview.mode !== undefined) onMode(overview.mode);
      if (unread >= 0 && overview.unreadChats > unread) toggle?.refresh();
      unread = overview.unreadChats;
    });
  };
  whenIdle(() => void watch().catch(() => undefined));
}

const { rcmail } = window;
if (rcmail?.env.coi !== undefined) start(rcmail, rcmail.env.coi);
