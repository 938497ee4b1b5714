/** Bytes of mail over HTTP: never run, never kept, in ranges where the size is known. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import type { PartRequest } from '../account/service.ts';
import { safeFileName } from './inert.ts';
import { TestEngine, type TestSession } from './server.fixture.ts';

let engine: TestEngine;
let session: TestSession;
const BODY = '<script>alert(1)</script>';

before(async () => {
  engine = await TestEngine.start();
  session = await engine.signOn('alice');
  await engine.connect(session);
});
after(() => engine.stop());

async function* chunksOf(text: string): AsyncGenerator<Uint8Array> {
  for (const letter of text.match(/.{1,7}/gs) ?? []) yield new TextEncoder().encode(letter);
}

function serve(type: string, options: { readonly hasSize?: boolean } = {}): PartRequest[] {
  const asked: PartRequest[] = [];
  engine.account('alice').part = async (request) => {
    asked.push(request);
    return { type, sizeBytes: options.hasSize === true ? BODY.length : undefined, stream: chunksOf(BODY) };
  };
  return asked;
}

function get(query: Readonly<Record<string, string>>, headers: Readonly<Record<string, string>> = {}, name = 'part') {
  const all = new URLSearchParams({ mailbox: 'COI/Chats', uidValidity: '7', uid: '5', part: '2.1', ...query });
  const url = engine.url(`a/${session.accountHash}/${name}?${all}`);
  return fetch(url, { headers: { ...session.headers, ...headers } });
}

for (const type of ['text/html', 'image/svg+xml', 'application/pdf', 'application/xhtml+xml', 'text/xml', 'x', '']) {
  test(`a part of type "${type}" is a dead download, whatever the page asks for`, async () => {
    serve(type);
    for (const query of [{ name: 'page.html' }, { name: 'page.html', type }]) {
      const response = await get(query);
      assert.equal(response.status, 200);
      assert.equal(response.headers.get('content-type'), 'application/octet-stream');
      assert.match(response.headers.get('content-disposition') ?? '', /^attachment; filename="page\.html"/);
      assert.equal(response.headers.get('x-content-type-options'), 'nosniff');
      assert.match(response.headers.get('content-security-policy') ?? '', /^sandbox; default-src 'none'/);
      assert.equal(response.headers.get('cache-control'), 'no-store');
      assert.equal(await response.text(), BODY);
    }
  });
}

test('pictures, sound and film keep their type, so that elements can show them', async () => {
  const asked = serve('application/octet-stream');
  for (const type of ['image/png', 'audio/ogg', 'video/mp4', 'IMAGE/JPEG; name="x"']) {
    const response = await get({ type });
    assert.equal(response.headers.get('content-type'), type.split(';')[0]?.toLowerCase());
    assert.match(response.headers.get('content-disposition') ?? '', /^attachment/);
    await response.arrayBuffer();
  }
  assert.deepEqual(asked[0], { mailbox: 'COI/Chats', uidValidity: '7', uid: 5, part: '2.1' });
});

test('the whole message is a download as well', async () => {
  const asked = serve('message/rfc822', { hasSize: true });
  const response = await get({}, {}, 'raw');
  assert.equal(response.headers.get('content-type'), 'application/octet-stream');
  assert.match(response.headers.get('content-disposition') ?? '', /filename="message\.eml"/);
  assert.equal(await response.text(), BODY);
  assert.equal(asked[0]?.part, 'raw');
});

const ranges: [string, number, string, string | null][] = [
  ['bytes=0-7', 206, BODY.slice(0, 8), `bytes 0-7/${BODY.length}`],
  ['bytes=8-', 206, BODY.slice(8), `bytes 8-${BODY.length - 1}/${BODY.length}`],
  ['bytes=-9', 206, BODY.slice(-9), `bytes ${BODY.length - 9}-${BODY.length - 1}/${BODY.length}`],
  ['bytes=3-999', 206, BODY.slice(3), `bytes 3-${BODY.length - 1}/${BODY.length}`],
  ['bytes=999-', 416, '', `bytes */${BODY.length}`],
  ['bytes=0-1,3-4', 200, BODY, null],
  ['lines=1-2', 200, BODY, null],
  ['bytes=5-2', 200, BODY, null],
];
for (const [range, status, text, contentRange] of ranges) {
  test(`the range ${range} is answered with ${status}`, async () => {
    serve('image/png', { hasSize: true });
    const response = await get({}, { range });
    assert.equal(response.status, status);
    assert.equal(response.headers.get('content-range'), contentRange);
    assert.equal(response.headers.get('accept-ranges'), 'bytes');
    assert.equal(await response.text(), text);
  });
}

test('a range beyond the end gives the connection back at once', async () => {
  let hasEnded = false;
  engine.account('alice').part = async () => ({
    type: 'image/png',
    sizeBytes: 10,
    stream: (async function* () {
      try {
        yield new Uint8Array(10);
      } finally {
        hasEnded = true;
      }
    })(),
  });
  assert.equal((await get({}, { range: 'bytes=99-' })).status, 416);
  assert.equal(hasEnded, true);
});

test('a part whose size is not known is sent whole', async () => {
  serve('image/png');
  const response = await get({}, { range: 'bytes=0-7' });
  assert.deepEqual([response.status, response.headers.get('accept-ranges')], [200, null]);
  assert.equal(await response.text(), BODY);
});

for (const query of [
  { part: '../1' },
  { part: 'raw' },
  { part: '' },
  { uid: '0' },
  { uid: 'x' },
  { uidValidity: '-1' },
]) {
  test(`a place such as ${JSON.stringify(query)} is refused`, async () => {
    serve('image/png');
    assert.equal((await get(query)).status, 400);
  });
}

test('without the session of the account there is nothing to see', async () => {
  serve('image/png');
  assert.equal((await get({}, { cookie: '' })).status, 401);
});

test('a reader that leaves ends the stream', async () => {
  let hasEnded: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => (hasEnded = resolve));
  engine.account('alice').part = async () => ({
    type: 'image/png',
    stream: (async function* () {
      try {
        for (;;) yield new Uint8Array(100_000);
      } finally {
        hasEnded();
      }
    })(),
  });
  const response = await get({});
  await response.body?.cancel();
  await ended;
});

const names: [string, string][] = [
  ['report.pdf', 'report.pdf'],
  ['../../etc/passwd', '_.._etc_passwd'],
  ['C:\\x\\y.txt', 'C__x_y.txt'],
  ['a\r\nSet-Cookie: x=1', 'aSet-Cookie_ x=1'],
  ['\u202egnp.exe', 'gnp.exe'],
  ['..', 'attachment'],
  ['', 'attachment'],
  ['\ud800.txt', 'txt'],
  [`${'x'.repeat(300)}.jpeg`, `${'x'.repeat(115)}.jpeg`],
];
for (const [name, safe] of names) {
  test(`the file name ${JSON.stringify(name.slice(0, 20))} becomes harmless`, () =>
    assert.equal(safeFileName(name), safe));
}

test('a name in another script arrives whole', async () => {
  serve('image/png');
  const response = await get({ name: 'Grüße 👋 (1).png' });
  assert.equal(
    response.headers.get('content-disposition'),
    `attachment; filename="Gr__e __ _1_.png"; filename*=UTF-8''Gr%C3%BC%C3%9Fe%20%F0%9F%91%8B%20%281%29.png`,
  );
  await response.text();
});

test('the standalone page is served with a strict policy, and hashed files may be kept', async () => {
  writeFileSync(join(engine.appFolder, 'index.html'), '<!doctype html>');
  writeFileSync(join(engine.appFolder, 'coi-app-ABCD1234.js'), '1');
  mkdirSync(join(engine.appFolder, '.git'));
  writeFileSync(join(engine.appFolder, '.git', 'config.json'), 'secret');
  const page = await fetch(engine.url('app'), { headers: { 'sec-fetch-site': 'cross-site' } });
  assert.deepEqual([page.url, page.status], [engine.url('app/'), 200]);
  assert.match(page.headers.get('content-type') ?? '', /^text\/html/);
  const policy = page.headers.get('content-security-policy') ?? '';
  assert.match(policy, /script-src 'self'(;|$)/);
  assert.equal(page.headers.get('cache-control'), 'no-cache');
  const script = await fetch(engine.url('app/coi-app-ABCD1234.js'));
  assert.match(script.headers.get('content-type') ?? '', /^text\/javascript/);
  assert.match(script.headers.get('cache-control') ?? '', /immutable/);
  for (const path of [
    'app/missing.js',
    'app/.git/config.json',
    'app/%2e%2e/x.json',
    'app/a%00.js',
    'app/coi-storage.secret',
  ]) {
    assert.equal((await fetch(engine.url(path))).status, 404, path);
  }
});
