/**
 * The gallery page. `?scene=NAME` shows one scene in the whole window, without it all of them stand side by side.
 * Also `theme=dark`, `host=ox`, `lang=de`, `dir=rtl`, `place=sidebar|drawer|full`, `text=200`.
 */
import '../app/coi-chat-app.ts';
import type { CoiChatApp } from '../app/coi-chat-app.ts';
import type { Host } from '../host.ts';
import { installTokens } from '../style/install.ts';
import { FakeApi } from './fake-api.ts';
import * as peopleModule from './people.ts';
import { SCENES } from './scene.ts';

const query = new URLSearchParams(location.search);
const root = document.documentElement;
installTokens();
root.lang = query.get('lang') ?? 'en';
root.dir = query.get('dir') ?? 'ltr';
root.classList.toggle('dark-mode', query.get('theme') === 'dark');
if (query.get('host') !== null) root.dataset['host'] = query.get('host') ?? '';
if (query.get('text') !== null) root.style.setProperty('--coi-rem', `${(Number(query.get('text')) / 100) * 16}px`);

/** What the host was told; tests read it. */
const told: { unread: number[]; opened: unknown[]; composed: unknown[]; events: unknown[]; leaked: string[] } = {
  unread: [],
  opened: [],
  composed: [],
  events: [],
  leaked: [],
};

const host: Host = {
  name: 'standalone',
  engineUrl: new URL('/coi/', location.href).href,
  workerUrl: '',
  userKey: 'alice',
  session: undefined,
  locale: query.get('lang') ?? 'en-GB',
  signOn: () => Promise.resolve(undefined),
  openMail: (place) => told.opened.push(place),
  compose: (draft) => told.composed.push(draft),
  lookup: (text) =>
    Promise.resolve(
      [
        { name: 'Delivery desk', address: 'delivery@example.com' },
        { name: 'Dora <b>Bold</b>', address: 'dora@example.org' },
      ].filter(({ name }) => name.toLowerCase().startsWith(text.toLowerCase())),
    ),
  setUnread: (count) => told.unread.push(count),
  signIn: () => told.events.push('sign-in'),
};

for (const type of ['keydown', 'keypress', 'keyup']) {
  document.addEventListener(type, (event) => told.leaked.push((event as KeyboardEvent).key));
}

function show(name: string, parent: HTMLElement): { readonly app: CoiChatApp; readonly api: FakeApi } {
  const make = SCENES[name];
  if (make === undefined) throw new Error(`There is no scene ${name}`);
  const { state, open } = make();
  const api = new FakeApi(state);
  const app = document.createElement('coi-chat-app');
  app.host = host;
  app.place = (query.get('place') ?? 'full') as CoiChatApp['place'];
  app.api = api;
  parent.append(app);
  for (const type of ['coi-close', 'coi-resize', 'coi-signed-out']) {
    app.addEventListener(type, (event) => told.events.push([type, (event as CustomEvent<unknown>).detail]));
  }
  if (open !== undefined) void app.updateComplete.then(() => app.openChat(open));
  return { app, api };
}

const scene = query.get('scene');
if (scene === null) {
  document.body.className = 'all';
  for (const name of Object.keys(SCENES)) {
    const figure = document.createElement('figure');
    const caption = document.createElement('figcaption');
    caption.textContent = name;
    const frame = document.createElement('div');
    figure.append(caption, frame);
    document.body.append(figure);
    show(name, frame);
  }
} else {
  document.body.className = 'one';
  Object.assign(globalThis, { gallery: { ...show(scene, document.body), told, people: peopleModule } });
}
