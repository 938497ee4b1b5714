import assert from 'node:assert/strict';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { after, before, test } from 'node:test';
import { type Effect, Director } from './fault.ts';
import { type Relay, startRelay } from './relay.ts';
import { SmtpSteps } from './wire/smtp-steps.ts';

const TALK = 'EHLO a\r\nMAIL FROM:<alice@example.test>\r\nRCPT TO:<bob@example.test>\r\nDATA\r\n';
const MAIL = 'Message-ID: <m1@example.test>\r\n\r\nHello\r\n.\r\n';

/** A mail server that answers whatever comes, and what it took. */
let server: Server;
let taken = '';
let relay: Relay;
let director: Director;
const killed: string[] = [];

before(async () => {
  server = createServer((socket) => {
    let isData = false;
    socket.write('220 hello\r\n');
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      taken += chunk.toString('latin1');
      if (isData) {
        if (taken.endsWith('\r\n.\r\n')) socket.write('250 taken\r\n');
        return;
      }
      for (const line of chunk.toString('latin1').split('\r\n').slice(0, -1)) {
        isData = line === 'DATA';
        socket.write(isData ? '354 go on\r\n' : '250 ok\r\n');
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  relay = await startRelay({
    upstreamPort: () => (server.address() as AddressInfo).port,
    reader: () => new SmtpSteps(),
    director: () => director,
    whoOf: (login) => (login === 'alice@example.test' ? 'alice' : undefined),
    kill: (what, who) => killed.push(`${what} ${who}`),
  });
});

after(async () => {
  await relay.stop();
  server.close();
});

/** Sends one mail. @returns all that the server said, until it closed or accepted */
async function submit(): Promise<string> {
  taken = '';
  const socket = connect(relay.port, '127.0.0.1');
  socket.on('error', () => undefined);
  let heard = '';
  socket.on('data', (chunk: Buffer) => {
    heard += chunk.toString('latin1');
    if (heard.endsWith('354 go on\r\n')) socket.write(MAIL);
    if (heard.endsWith('250 taken\r\n')) socket.end();
  });
  socket.write(TALK);
  await new Promise<void>((resolve) => socket.once('close', () => resolve()));
  return heard;
}

function arm(step: 'smtp-body' | 'smtp-before-dot' | 'smtp-after-dot' | 'smtp-rcpt', effect: Effect): void {
  director = new Director();
  director.arm({ step, effect, who: undefined, skip: 0 });
}

test('without a fault every byte passes', async () => {
  director = new Director();
  assert.match(await submit(), /250 taken/);
  assert.equal(taken, TALK + MAIL);
});

const cases: readonly {
  readonly name: string;
  readonly arm: () => void;
  readonly taken: RegExp;
  readonly hears: boolean;
}[] = [
  { name: 'before the dot', arm: () => arm('smtp-before-dot', { kind: 'cut' }), taken: /Hello\r\n$/, hears: false },
  { name: 'after the dot', arm: () => arm('smtp-after-dot', { kind: 'cut' }), taken: /Hello\r\n\.\r\n$/, hears: false },
  {
    name: 'within the body',
    arm: () => arm('smtp-body', { kind: 'cut-within' }),
    taken: /DATA\r\nMessage-ID: <m/,
    hears: false,
  },
  {
    name: 'stalled at a recipient',
    arm: () => arm('smtp-rcpt', { kind: 'stall', ms: 50 }),
    taken: /test>\r\n$/,
    hears: false,
  },
  {
    name: 'garbled before the dot',
    arm: () => arm('smtp-before-dot', { kind: 'garble' }),
    taken: /Hello\r\n\xff/,
    hears: false,
  },
  {
    name: 'late after the dot',
    arm: () => arm('smtp-after-dot', { kind: 'delay', ms: 30 }),
    taken: /\.\r\n$/,
    hears: true,
  },
  {
    name: 'body in drips',
    arm: () => arm('smtp-body', { kind: 'drip', ms: 30 }),
    taken: /Hello\r\n\.\r\n$/,
    hears: true,
  },
];

for (const { name, arm: prepare, taken: wanted, hears } of cases) {
  test(`${name}: the server has what it has, and the client ${hears ? 'hears of it' : 'hears nothing'}`, async () => {
    prepare();
    assert.equal((await submit()).includes('250 taken'), hears);
    assert.match(taken, wanted);
    assert.equal(director.strikes.length, 1);
  });
}

test('what is cut names its message, and a death its person', async () => {
  arm('smtp-after-dot', { kind: 'kill-engine' });
  await submit();
  assert.equal(director.strikes[0]?.messageId, '<m1@example.test>');
  assert.deepEqual(killed, ['engine alice']);
});

test('while the link is down nobody gets through, and afterwards all do', async () => {
  director = new Director();
  relay.down();
  assert.equal(await submit(), '');
  relay.up();
  assert.match(await submit(), /250 taken/);
});
