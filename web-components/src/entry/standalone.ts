/**
 * The standalone page: third host beside Roundcube and App Suite, served by the engine under `BASE/app/`. Signs in
 * with address and password and gives chat the whole window.
 */
import { css } from 'lit';
import type { SessionInfo } from '@coi-webmail/client';
import type { Host } from '../host.ts';
import { useLocale } from '../i18n/locale.ts';
import { words } from '../i18n/words.ts';
import { installTokens } from '../style/install.ts';
import { mountApp } from './app.ts';
import { disconnectHost } from './connection.ts';
import { type Credentials, CoiSignIn } from './coi-sign-in.ts';
import type { MountedChat } from './loader.ts';
import { StandaloneSession } from './standalone-session.ts';

/** File name of the worker bundle beside this module; set by the bundler. */
// oxlint-disable-next-line no-underscore-dangle
declare const __COI_WORKER_FILE__: string;

const engineUrl = new URL('../', document.baseURI).href;
const workerUrl = new URL(__COI_WORKER_FILE__, import.meta.url).href;
const locale = navigator.language;
const session = new StandaloneSession(engineUrl);
let mounted: MountedChat | undefined;

/** The page follows the system's theme. Adopted sheets and classes need no exception in the CSP. */
function dressPage(): void {
  const page = css`
    html,
    body {
      height: 100%;
      margin: 0;
      background: var(--coi-bg);
    }
    html {
      -webkit-text-size-adjust: 100%;
    }
  `;
  installTokens();
  if (page.styleSheet !== undefined) document.adoptedStyleSheets.push(page.styleSheet);
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const follow = (): void => {
    document.documentElement.classList.toggle('dark-mode', dark.matches);
  };
  dark.addEventListener('change', follow);
  follow();
  document.documentElement.lang = /^de\b/iu.test(locale) ? 'de' : 'en';
}

/** Count and name in the title: this page has no other owner. */
function setUnread(count: number): void {
  document.title = count > 0 ? `(${count}) ${words.chat()}` : words.chat();
}

function showSignIn(failure?: CoiSignIn['failure']): void {
  mounted?.unmount();
  mounted = undefined;
  setUnread(0);
  const form = new CoiSignIn();
  form.failure = failure;
  form.signIn = async ({ address, password, sharedComputer }: Credentials): Promise<void> => {
    showChat(await session.signIn(address, password, sharedComputer));
  };
  document.body.replaceChildren(form);
}

function showChat(first: SessionInfo): void {
  const host: Host = {
    name: 'standalone',
    engineUrl,
    workerUrl,
    userKey: first.accountHash,
    session: first,
    locale,
    // The engine prolongs a password session while it is asked for; gone is gone.
    signOn: () => session.current(),
    setUnread,
    signIn: () => void leave(host),
  };
  document.body.replaceChildren();
  mounted = mountApp({ host, element: document.body, place: 'full', sharedComputer: session.sharedComputer });
  mounted.app.addEventListener('coi-signed-out', () => void leave(host));
}

/** Back to the form, whatever the network does. */
async function leave(host: Host): Promise<void> {
  showSignIn();
  await Promise.allSettled([session.end(), disconnectHost(host)]);
}

async function start(): Promise<void> {
  dressPage();
  await useLocale(locale);
  setUnread(0);
  try {
    const known = await session.current();
    if (known === undefined) showSignIn();
    else showChat(known);
  } catch {
    showSignIn('unreachable');
  }
}

void start();
