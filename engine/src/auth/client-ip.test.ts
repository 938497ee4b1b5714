import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import test from 'node:test';
import { isCoiError } from '@coi-webmail/base';
import { ipGroup, proxyTrust } from './client-ip.ts';

const request = (remoteAddress: string, forwardedFor?: string, proto?: string) =>
  ({
    socket: { remoteAddress },
    headers: { 'x-forwarded-for': forwardedFor, 'x-forwarded-proto': proto },
  }) as unknown as IncomingMessage;

const trust = proxyTrust(['127.0.0.1', '10.0.0.0/8']);
const cases: [string, string, string | undefined, string][] = [
  ['without a proxy it is the peer', '192.0.2.1', undefined, '192.0.2.1'],
  ['a stranger cannot claim another address', '192.0.2.1', '198.51.100.7', '192.0.2.1'],
  ['a trusted proxy tells', '127.0.0.1', '198.51.100.7', '198.51.100.7'],
  [
    'what the client wrote before the proxy does not count',
    '127.0.0.1',
    '10.1.1.1, 6.6.6.6, 198.51.100.7',
    '198.51.100.7',
  ],
  ['a chain of trusted proxies is followed', '127.0.0.1', '198.51.100.7, 10.2.2.2', '198.51.100.7'],
  ['nonsense ends the chain', '127.0.0.1', '<script>', '127.0.0.1'],
  ['an IPv4 peer on an IPv6 socket is the same', '::ffff:127.0.0.1', '198.51.100.7', '198.51.100.7'],
];
for (const [what, peer, forwarded, expected] of cases) {
  test(`client address: ${what}`, () => assert.equal(trust.clientIp(request(peer, forwarded)), expected));
}

test('https is believed from a trusted proxy only', () => {
  assert.equal(trust.scheme(request('10.9.9.9', undefined, 'https')), 'https');
  assert.equal(trust.scheme(request('192.0.2.1', undefined, 'https')), 'http');
  assert.equal(trust.scheme(request('10.9.9.9')), 'http');
});

test('a proxy that is no address is refused as configuration', () => {
  for (const proxy of ['proxy.example.org', '10.0.0.0/40', '10.0.0.0/x']) {
    assert.throws(
      () => proxyTrust([proxy]),
      (error) => isCoiError(error, 'invalid-config'),
    );
  }
});

test('an IPv6 client is counted by its network', () => {
  assert.equal(ipGroup('2001:db8:0:1:a:b:c:d'), ipGroup('2001:DB8:0:1::5'));
  assert.notEqual(ipGroup('2001:db8:0:1::5'), ipGroup('2001:db8:0:2::5'));
  assert.equal(ipGroup('192.0.2.1'), '192.0.2.1');
});
