/** Mails that are HTML only, as Outlook, Gmail, Apple Mail, phones and newsletters write them. */
import { EIGHT, HTML, odd, type OddMail, utf8 } from './mail.fixture.ts';

const html = (name: string, body: string, text: string) =>
  odd(`html-${name}`, { head: [HTML, EIGHT], body: `${utf8(body)}\n` }, { text });

export const HTMLS: readonly OddMail[] = [
  html(
    'of-outlook',
    '<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style>p.MsoNormal{margin:0}</style><!--[if gte mso 9]><xml><o:x/></xml><![endif]--></head><body><div class="WordSection1"><p class="MsoNormal">Hello Alice,<o:p></o:p></p><p class="MsoNormal"><o:p>&nbsp;</o:p></p><p class="MsoNormal">see you.<o:p></o:p></p></div></body></html>',
    'Hello Alice,\n\nsee you.',
  ),
  html(
    'of-outlook-with-answered-mail',
    '<body><p class="MsoNormal">Fine.</p><div><div style="border:none;border-top:solid #E1E1E1 1.0pt"><p class="MsoNormal"><b>From:</b> Alice &lt;alice@example.com&gt;<br><b>Sent:</b> Tuesday<br><b>To:</b> Bob<br><b>Subject:</b> Lunch</p></div></div><p class="MsoNormal">Shall we?</p></body>',
    'Fine.',
  ),
  html(
    'of-gmail-with-quote',
    '<div dir="ltr">Fine with me.</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">On Tue, Nov 24, 2026 at 9:01 AM Alice &lt;<a href="mailto:alice@example.com">alice@example.com</a>&gt; wrote:<br></div><blockquote class="gmail_quote" style="margin:0 0 0 .8ex"><div>Shall we?</div></blockquote></div>',
    'Fine with me.',
  ),
  html('of-gmail-lines', '<div dir="ltr">one<div>two</div><div><br></div><div>three</div></div>', 'one\ntwo\n\nthree'),
  html(
    'of-apple-with-quote',
    '<html><body style="overflow-wrap: break-word;">Yes.<br><div><br><blockquote type="cite"><div>On 24 Nov 2026, at 09:01, Alice &lt;alice@example.com&gt; wrote:</div><br><div>Shall we?</div></blockquote></div><br></body></html>',
    'Yes.',
  ),
  html(
    'of-a-phone',
    '<div dir="auto">Yes<br><br><div data-smartmail="gmail_signature">Sent from my phone</div></div>',
    'Yes',
  ),
  html(
    'of-yahoo',
    '<div class="yahoo-style-wrap"><div dir="ltr" data-setdir="false">Hello</div><div><br></div></div>',
    'Hello',
  ),
  html(
    'of-thunderbird',
    '<html><body><p>One<br>two</p><p>three</p><pre class="moz-signature">-- \nBob</pre></body></html>',
    'One\ntwo\n\nthree',
  ),
  html(
    'of-a-newsletter',
    '<body><div style="display:none;max-height:0">Preview words</div><table><tr><td><h1>News</h1></td></tr><tr><td><p>Read <a href="https://example.com/r">more</a></p></td></tr></table><img src="https://example.com/pixel.gif" width="1" height="1"></body>',
    'News\n\nRead more <https://example.com/r>',
  ),
  html('bare-words', 'Just words & more', 'Just words & more'),
  html('with-entities', '&lt;b&gt; &amp; &quot;x&quot; &euro; &#8364; &#x20AC; &nbsp;end', '<b> & "x" € € €  end'),
  html('with-bad-entities', '&foo; &#xFFFFFFFF; &#0; & &amp', '&foo; � � & &'),
  html('with-script', 'a<script>alert("x")</script>b', 'ab'),
  html('with-style', '<style>p { color: red }</style>words', 'words'),
  html('with-comment', 'a<!-- hidden -->b', 'ab'),
  html('with-open-comment', 'words<!-- never closed', 'words'),
  html('with-conditional-comment', '<!--[if mso]>only Outlook<![endif]-->words<![if !mso]> too<![endif]>', 'words too'),
  html('with-open-tag', 'words<b', 'words'),
  html('with-less-than', '1 < 2 and 3 <4', '1 < 2 and 3 <4'),
  html('with-unclosed-tags', '<b>bold <i>both</b> plain', 'bold both plain'),
  html('with-capitals', '<P>ONE</P><P>two</P>', 'ONE\n\ntwo'),
  html('with-list', '<ul><li>one<li>two</ul><ol><li>a</li><li>b</li></ol>', '• one\n• two\n\n1. a\n2. b'),
  html('with-table', '<table><tr><td>a</td><td>b</td></tr><tr><td>c</td><td>d</td></tr></table>', 'a b\nc d'),
  html('with-preformatted', '<pre>a\n  b\n</pre>', 'a\n  b'),
  html('with-link-that-says-itself', '<a href="https://example.com/">https://example.com</a>', 'https://example.com'),
  html(
    'with-link-that-lies',
    '<a href="https://evil.example/">https://example.com</a>',
    'https://example.com <https://evil.example/>',
  ),
  html('with-script-link', '<a href="javascript:alert(1)">click</a>', 'click'),
  html('with-emoji-picture', 'Hi <img alt="👋" src="cid:x">', 'Hi 👋'),
  html('with-hidden-words', 'a<span style="display: none">b</span>c', 'ac'),
  html('with-blockquote-between', 'one<blockquote>quoted</blockquote>two', 'one\n\n> quoted\n\ntwo'),
  html('with-nothing', '<html><head><title>x</title></head><body></body></html>', ''),
  html('with-spaces', '<p>  many    spaces\n\n and   lines </p>', 'many spaces and lines'),
  html('with-no-break-spaces', 'a&nbsp;&nbsp;b', 'a  b'),
  html('with-frames', '<iframe src="https://example.com">no frames</iframe>words', 'words'),
  html('with-svg', '<svg><text>drawn</text></svg>words', 'words'),
  html('with-form', '<form><input value="x"><button>Send</button></form>', 'Send'),
  html('deeply-nested', `${'<div>'.repeat(2000)}deep${'</div>'.repeat(2000)}`, 'deep'),
  html('of-a-thousand-breaks', `a${'<br>'.repeat(1000)}b`, 'a\n\nb'),
  html('two-documents', '<html><body>one</body></html><html><body>two</body></html>', 'one\ntwo'),
  html(
    'doctype-and-xml',
    '<?xml version="1.0"?><!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN"><html><body><p>words</p></body></html>',
    'words',
  ),
];
