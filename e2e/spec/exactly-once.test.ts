import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { linesWentOnce, startConversation } from '../fixture/conversation.ts';
import { startNetwork } from '../fixture/relay.ts';
import { story, useStage } from '../fixture/stage.ts';
import { StandalonePage } from '../page/standalone.ts';

const stage = useStage({ faults: true });
const BACK_TIMEOUT_MS = 5_000;
const CLOSE_AFTER_MS = 50;

const numbered = (word: string, count: number) =>
  Array.from({ length: count }, (_, at) => `${word} ${at + 1} of ${count}.`);

story(
  stage,
  'the engine is killed and comes back on another port: no line is lost or doubled, tabs are back in 5 s',
  async (scene) => {
    const { own } = stage;
    const engineUrl = own.info.urls.engineByProxy ?? '';
    const both = await startConversation(scene, { alice: { engineUrl }, bob: { engineUrl } });
    const lines = numbered('kill', 9);
    for (const line of lines.slice(0, 3)) await both.alice.page.chat.send(line);
    const [first] = own.engines();
    first?.kill('SIGKILL');
    await first?.exited;
    for (const line of lines.slice(3, 6)) await both.alice.page.chat.send(line);
    const next = await own.startEngine();
    await own.setEnginePort(next.port);
    const back = performance.now();
    await both.alice.page.chat.online(BACK_TIMEOUT_MS);
    await both.bob.page.chat.online(BACK_TIMEOUT_MS);
    assert.ok(performance.now() - back < BACK_TIMEOUT_MS);
    for (const line of lines.slice(6)) await both.alice.page.chat.send(line);
    await linesWentOnce(scene, both, lines);
  },
);

story(stage, 'IMAP is cut for a while: lines wait and go out once', async (scene) => {
  const { own } = stage;
  const engineUrl = own.engines().at(-1)?.url ?? '';
  const both = await startConversation(scene, { alice: { engineUrl }, bob: { engineUrl } });
  const lines = numbered('imap', 6);
  for (const line of lines.slice(0, 2)) await both.alice.page.chat.send(line);
  own.faults.imap.cut();
  for (const line of lines.slice(2, 4)) await both.alice.page.chat.send(line);
  await both.alice.page.chat.sees(lines[3] ?? '');
  own.faults.imap.restore();
  for (const line of lines.slice(4)) await both.alice.page.chat.send(line);
  await linesWentOnce(scene, both, lines);
});

story(stage, 'a window closed right after Enter: the line is there once when it is opened again', async (scene) => {
  const { own } = stage;
  const engineUrl = own.engines().at(-1)?.url ?? '';
  const both = await startConversation(scene, { alice: { engineUrl }, bob: { engineUrl } });
  await both.alice.page.chat.send('Typed and gone');
  await delay(CLOSE_AFTER_MS);
  await both.alice.page.page.close();
  const again = await StandalonePage.open(both.alice.context, own.info, { engineUrl });
  await again.chat.openChat(both.bob.person.name);
  await linesWentOnce(scene, { ...both, alice: { ...both.alice, page: again } }, ['Typed and gone']);
});

story(stage, 'the browser goes offline: lines queue, and go out once when it is back', async (scene) => {
  const { own } = stage;
  await own.setEnginePort(own.engines().at(-1)?.port ?? 0);
  const network = await startNetwork(own.info.ports.web);
  try {
    const both = await startConversation(scene, {
      alice: { engineUrl: `${network.url}coi/` },
      bob: { engineUrl: own.engines().at(-1)?.url ?? '' },
    });
    const lines = numbered('offline', 6);
    await both.alice.page.chat.send(lines[0] ?? '');
    await network.goOffline(both.alice.context);
    for (const line of lines.slice(1, 5)) await both.alice.page.chat.send(line);
    await both.alice.page.chat.seesMark(lines[4] ?? '', 'Waiting');
    await both.bob.page.chat.send('From bob meanwhile');
    await network.goOnline(both.alice.context);
    await both.alice.page.chat.online(BACK_TIMEOUT_MS);
    await both.alice.page.chat.send(lines[5] ?? '');
    await linesWentOnce(scene, both, [...lines, 'From bob meanwhile']);
  } finally {
    await network.stop();
  }
});

story(stage, 'two engines on one store: alice at one, bob at the other, and alice at both', async (scene) => {
  const { own } = stage;
  const [one, two] = [await own.startEngine(), await own.startEngine()];
  const both = await startConversation(scene, { alice: { engineUrl: one.url }, bob: { engineUrl: two.url } });
  const second = await StandalonePage.signIn(await scene.newBrowser(), own.info, both.alice.person, {
    engineUrl: two.url,
  });
  await second.chat.openChat(both.bob.person.name);
  const lines = numbered('two engines', 4);
  await both.alice.page.chat.send(lines[0] ?? '');
  await both.bob.page.chat.send(lines[1] ?? '');
  await second.chat.send(lines[2] ?? '');
  one.kill('SIGKILL');
  await both.bob.page.chat.send(lines[3] ?? '');
  for (const line of lines) await second.chat.sees(line);
  await linesWentOnce(scene, { ...both, alice: { ...both.alice, page: second } }, lines);
});
