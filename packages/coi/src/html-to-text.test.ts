import assert from 'node:assert/strict';
import { test } from 'node:test';
import { htmlToText } from './html-to-text.ts';

const cases: readonly (readonly [name: string, html: string, text: string])[] = [
  ['line breaks', 'a<br>b<BR/>c', 'a\nb\nc'],
  ['blocks and empty lines as webmail writes them', '<div>a</div><div><br></div><div>b</div>', 'a\n\nb'],
  ['paragraphs', '<p>a</p><p>b</p>', 'a\n\nb'],
  ['paragraphs of Outlook', '<p class=MsoNormal>a</p><p class=MsoNormal>b</p>', 'a\nb'],
  ['white space', '  a \n\t b <b> c</b>\n', 'a b c'],
  ['a quote', 'x<blockquote>a<br>b<blockquote>c</blockquote></blockquote>y', 'x\n\n> a\n> b\n>\n> > c\n\ny'],
  ['nested lists', '<ul><li>a<ul><li>b</li></ul></li><li>c</ul>', '• a\n  • b\n• c'],
  ['a numbered list', '<ol><li>a<li>b</ol>', '1. a\n2. b'],
  [
    'links',
    '<a href="https://e.test/x?a=1&amp;b=2">here</a> <a href="https://www.e.test/">e.test</a>',
    'here <https://e.test/x?a=1&b=2> e.test',
  ],
  ['links that run', '<a href="javascript:alert(1)">click</a> <a href="data:text/html,x">me</a>', 'click me'],
  ['mail links', '<a href="mailto:a@b">write</a>', 'write'],
  ['scripts and styles', '<style>p{}</style><SCRIPT>if (a<b) {"</p>"}</SCRIPT>x', 'x'],
  ['a head', '<head><meta charset=utf-8><title>t</title></head><body>x</body>', 'x'],
  ['a head that never ends', '<head><title>t</title><body>x', 'x'],
  ['comments', 'a<!-- <p>b</p> -->c<!--[if mso]>d<![endif]-->', 'ac'],
  ['hidden text', '<div style="DISPLAY : none">pre<div>header</div></div>x', 'x'],
  [
    'entities',
    '&lt;b&gt; &amp;amp; &#65;&#x42; &eacute;&euro;&hellip; &#128; &copy &bogus; &#0;',
    '<b> &amp; AB é€… € © &bogus; \uFFFD',
  ],
  ['no-break spaces', 'a&nbsp;&nbsp;b<p>&nbsp;</p>c', 'a  b\n\nc'],
  ['a table', '<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>', 'a b\nc'],
  ['preformatted text', '<pre>a\n  b</pre>', 'a\n  b'],
  ['emoji sent as images', 'hi <img alt="😀" src=x> <img alt="logo">', 'hi 😀'],
  ['signs that are no tags', 'a < b <3 <', 'a < b <3 <'],
  ['a tag that never ends', 'a<p b', 'a'],
  ['brackets in attributes', '<a title="x>y">z</a>', 'z'],
  ['end tags that nothing started', '</div></ul></blockquote>a</b>', 'a'],
];

for (const [name, html, text] of cases) {
  test(`HTML with ${name} becomes text`, () => assert.equal(htmlToText(html), text));
}
