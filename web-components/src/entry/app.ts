/** All elements, and the act of putting the panel into a page. Loaded by `loader.ts` when chat is first opened. */
import '../app/coi-chat-app.ts';
import type { CoiChatApp } from '../app/coi-chat-app.ts';
import { installTokens } from '../style/install.ts';
import { connectHost } from './connection.ts';
import type { MountedChat, MountOptions } from './loader.ts';

/** Puts `<coi-chat-app>` into the element. The panel draws at once; the connection follows. */
export function mountApp({ host, element, place, sharedComputer = false }: MountOptions): MountedChat {
  installTokens(element.ownerDocument);
  const app: CoiChatApp = document.createElement('coi-chat-app');
  app.host = host;
  app.place = place;
  app.sharedComputer = sharedComputer;
  element.append(app);
  const connect = async (): Promise<void> => {
    app.api = await connectHost(host).catch(() => null);
  };
  const connected = connect();
  return {
    app,
    setPlace: (next) => {
      app.place = next;
    },
    openChatWith: async (addresses) => {
      await connected;
      await app.openChatWith(addresses);
    },
    focus: () => app.focus(),
    unmount: () => app.remove(),
  };
}
