import assert from 'node:assert/strict';
import { throughout } from '../fixture/eventually.ts';
import { freshChatId, mailSource } from '../fixture/mail.ts';
import type { Person } from '../fixture/scene.ts';
import { story, useStage } from '../fixture/stage.ts';
import { signOn, Wire } from '../fixture/wire.ts';
import { RoundcubeHttp } from '../fixture/roundcube-http.ts';
import { RoundcubePage } from '../page/roundcube.ts';
import { StandalonePage } from '../page/standalone.ts';

/** The mail server would let everyone send as anyone: the engine must not. */
const stage = useStage({ senderLoginMaps: false });
const WATCHED_MS = 3_000;

story(stage, "the engine submits nothing in another user's name, with a Sender or with a Bcc", async (scene) => {
  const [mallory, alice, bob] = [await scene.person(), await scene.person(), await scene.person()];
  const wire = await Wire.connect(await signOn(scene.stack.info.urls.engine, mallory));
  await wire.call('mode.set', { mode: 'active' });
  const line = (from: string, headers: readonly string[] = []) => {
    const messageId = freshChatId('example.test');
    const source = mailSource({
      from,
      to: bob.address,
      text: 'Forged',
      messageId,
      headers: ['Chat-Version: 1.0', ...headers],
    });
    return {
      messageId: messageId.slice(1, -1),
      bytes: new TextEncoder().encode(source),
      recipients: [bob.address],
      attempt: 0,
    };
  };
  const refused = [
    line(alice.address),
    line(`${mallory.address}, ${alice.address}`),
    line(`"${mallory.address}" <${alice.address}>`),
    line(mallory.address, [`Sender: ${alice.address}`]),
    line(mallory.address, [`Bcc: ${alice.address}`]),
    line(mallory.address, [`From: ${alice.address}`]),
    line(mallory.address, [`bcc : ${alice.address}`]),
  ];
  for (const params of refused) {
    await assert.rejects(wire.call('message.submit', params), (error: Error & { code?: string }) => {
      assert.ok(['permission-denied', 'sender-rejected', 'invalid-request'].includes(error.code ?? ''), error.code);
      return true;
    });
    assert.equal(await scene.deliveries(params.messageId), 0);
  }
  const good = line(mallory.address);
  assert.equal((await wire.call('message.submit', good)).state, 'sent');
  for (const person of [alice, bob]) {
    const texts = (await person.mailbox.allMails()).filter(({ source }) => !source.includes(good.messageId));
    assert.equal(texts.length, 0);
  }
  wire.close();
});

/** In Roundcube anyone may call himself anything. */
async function addIdentity(base: string, person: Person, address: string): Promise<void> {
  const webmail = await RoundcubeHttp.signIn(base, person);
  await webmail.postForm('settings', 'save-identity', { _name: 'Somebody', _email: address, _standard: '1' });
}

story(stage, "carol adds bob's address as an identity in Roundcube: she receives none of his lines", async (scene) => {
  const [alice, bob, carol] = [await scene.person(), await scene.person(), await scene.person()];
  const { info } = scene.stack;
  await addIdentity(info.urls.webmail ?? '', carol, bob.address);
  const atCarol = await RoundcubePage.signIn(await scene.newBrowser(), info, carol);
  const carolsChat = await atCarol.startChatting('active');
  const atBob = await StandalonePage.signIn(await scene.newBrowser(), info, bob, { mode: 'active' });
  const atAlice = await StandalonePage.signIn(await scene.newBrowser(), info, alice, { mode: 'active' });
  await atAlice.chat.startChat(bob.address);
  await atAlice.chat.send('For bob alone');
  await atBob.chat.openChat(alice.name);
  await atBob.chat.sees('For bob alone');
  await throughout(WATCHED_MS, async () => {
    assert.equal(await carolsChat.app.locator('coi-chat-row').count(), 0);
    assert.deepEqual(await carol.mailbox.withText('For bob alone'), []);
  });
});
