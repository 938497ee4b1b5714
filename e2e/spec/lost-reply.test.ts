import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { linesWentOnce, startConversation } from '../fixture/conversation.ts';
import { takeShot } from '../fixture/browser.ts';
import { eventually, throughout } from '../fixture/eventually.ts';
import { headerOf } from '../fixture/mail.ts';
import { story, useStage } from '../fixture/stage.ts';
import { StandalonePage } from '../page/standalone.ts';
import type { DotFault } from '../stack/fault.ts';

const UNKNOWN_WAIT_MS = 2_000;
const stage = useStage({ faults: true, engineConfig: { unknownWaitMs: UNKNOWN_WAIT_MS } });
const QUESTION = 'May not have arrived. Send again?';
const NOTHING_RESENT_MS = 3 * UNKNOWN_WAIT_MS;

story(stage, 'SMTP is cut around the final dot: to bob, who chats, every line arrives once', async (scene) => {
  const both = await startConversation(scene);
  const { submission } = stage.own.faults;
  const drawn = (): DotFault => (randomInt(2) === 0 ? 'reply-lost' : 'dot-lost');
  const faults: readonly DotFault[] = ['dot-lost', 'reply-lost', drawn(), drawn()];
  const lines: string[] = [];
  for (let round = 1; round <= faults.length; round += 1) {
    const line = `cut ${round}.`;
    submission.failNext(faults[round - 1] ?? 'dot-lost');
    lines.push(line);
    await both.alice.page.chat.send(line);
    await both.bob.page.chat.sees(line, 20_000);
  }
  await linesWentOnce(scene, both, lines);
});

for (const fault of ['reply-lost', 'dot-lost'] as const) {
  story(
    stage,
    `to carol, who has only mail, a line with ${fault === 'reply-lost' ? 'the reply' : 'the dot'} lost asks alice, and nothing is sent unasked`,
    async (scene) => {
      const [alice, carol] = [await scene.person(), await scene.person()];
      const page = await StandalonePage.signIn(await scene.newBrowser(), scene.stack.info, alice, { mode: 'active' });
      await page.chat.startChat(carol.address);
      stage.own.faults.submission.failNext(fault);
      await page.chat.send('Did you get this?');
      await page.chat.seesMark('Did you get this?', QUESTION, 20_000);
      await takeShot(page.page, `unknown-${fault}-1440`);
      const [pending] = await eventually(async () => {
        const copies = await alice.mailbox.withText('Did you get this?');
        assert.equal(copies.length, 1);
        return copies;
      });
      const id = headerOf(pending?.source ?? '', 'Message-ID') ?? '';
      const arrived = fault === 'reply-lost' ? 1 : 0;
      await throughout(NOTHING_RESENT_MS, async () => {
        assert.equal(await scene.deliveries(id), arrived);
        assert.equal(await page.chat.count('Did you get this?'), 1);
      });
      await page.chat.line('Did you get this?').getByRole('button', { name: 'Send again' }).click();
      await eventually(async () => assert.equal(await scene.deliveries(id), arrived + 1));
      await page.chat.seesMark('Did you get this?', 'Accepted by the mail server');
      assert.equal(await page.chat.count('Did you get this?'), 1);
    },
  );
}
