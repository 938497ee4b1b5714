/** `consent.preview`: what a consent would do. Reads only. */
import type { Handler } from './handler.ts';

export const consentPreview: Handler<'consent.preview'> = async ({ context, filing }) => {
  for (const path of filing.paths()) await filing.catchUp(path);
  return context.commands.run(async (session) => {
    let chatMailCount = 0;
    for (const path of filing.paths()) {
      const mailbox = await session.selectFresh(path, 'read');
      const state = await filing.scanned(session, mailbox);
      chatMailCount += state.chat.size + state.untagged.size;
    }
    const { coi, move } = session.capabilities;
    return { chatMailCount, coiServer: coi, canMove: move };
  });
};
