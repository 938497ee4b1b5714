/** Calendars, contacts, signed, encrypted and packed mail, lists, and chat of other programs. */
import {
  ALTERNATIVE,
  BASE64,
  base64,
  EIGHT,
  HTML,
  MIXED,
  multipart,
  odd,
  type OddMail,
  PLAIN,
  QP,
  utf8,
} from './mail.fixture.ts';

const words = { head: [PLAIN], body: 'Words.' };
const ICS = 'BEGIN:VCALENDAR\nMETHOD:REQUEST\nBEGIN:VEVENT\nSUMMARY:Lunch\nEND:VEVENT\nEND:VCALENDAR';
const ARMOR = '-----BEGIN PGP MESSAGE-----\n\nhQEMA0\n=abcd\n-----END PGP MESSAGE-----\n';
const chat = 'Chat-Version: 1.0';

export const KINDS: readonly OddMail[] = [
  odd(
    'calendar-of-outlook',
    {
      head: [ALTERNATIVE],
      body: multipart([
        words,
        { head: [HTML], body: '<p>Words.</p>' },
        { head: ['Content-Type: text/calendar; method=REQUEST; charset=utf-8'], body: ICS },
      ]),
    },
    { text: 'Words.', files: ['3  text/calendar'] },
  ),
  odd(
    'calendar-alone',
    { head: ['Content-Type: text/calendar; method=REQUEST'], body: `${ICS}\n` },
    { text: '', files: ['1  text/calendar'] },
  ),
  odd(
    'calendar-of-gmail-twice',
    {
      head: [MIXED],
      body: multipart([
        {
          head: ['Content-Type: multipart/alternative; boundary=b2'],
          body: multipart([words, { head: ['Content-Type: text/calendar; method=REQUEST'], body: ICS }], 'b2'),
        },
        {
          head: [
            'Content-Type: application/ics; name=invite.ics',
            'Content-Disposition: attachment; filename=invite.ics',
            BASE64,
          ],
          body: base64(ICS),
        },
      ]),
    },
    { text: 'Words.', files: ['1.2  text/calendar', '2 invite.ics application/ics'] },
  ),
  odd(
    'calendar-in-quoted-printable',
    { head: ['Content-Type: text/calendar; charset=utf-8', QP], body: 'SUMMARY:Gr=C3=BC=C3=9Fe\n' },
    { files: ['1  text/calendar'] },
  ),
  odd(
    'contact-as-vcard',
    {
      head: [MIXED],
      body: multipart([
        words,
        { head: ['Content-Type: text/vcard; name=bob.vcf'], body: 'BEGIN:VCARD\nFN:Bob\nEND:VCARD' },
      ]),
    },
    { text: 'Words.', files: ['2 bob.vcf text/vcard'] },
  ),
  odd(
    'packed-as-tnef',
    {
      head: [MIXED],
      body: multipart([
        words,
        { head: ['Content-Type: application/ms-tnef; name="winmail.dat"', BASE64], body: base64('\x78\x9f\x3e\x22') },
      ]),
    },
    { text: 'Words.', files: ['2 winmail.dat application/ms-tnef'] },
  ),
  odd(
    'packed-as-tnef-alone',
    {
      head: ['Content-Type: application/ms-tnef; name="winmail.dat"', BASE64],
      body: `${base64('\x78\x9f\x3e\x22')}\n`,
    },
    { text: '', files: ['1 winmail.dat application/ms-tnef'] },
  ),
  odd(
    'signed-by-smime',
    {
      head: ['Content-Type: multipart/signed; protocol="application/pkcs7-signature"; micalg=sha-256; boundary=b1'],
      body: multipart([
        words,
        { head: ['Content-Type: application/pkcs7-signature; name=smime.p7s', BASE64], body: base64('sig') },
      ]),
    },
    { text: 'Words.', files: [] },
  ),
  odd(
    'signed-by-smime-opaque',
    {
      head: ['Content-Type: application/pkcs7-mime; smime-type=signed-data; name=smime.p7m', BASE64],
      body: `${base64('signed')}\n`,
    },
    { text: '', files: ['1 smime.p7m application/pkcs7-mime'] },
  ),
  odd(
    'encrypted-by-smime',
    {
      head: ['Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m', BASE64],
      body: `${base64('secret')}\n`,
    },
    { kind: 'unreadable: encrypted' },
  ),
  odd(
    'encrypted-by-smime-in-old-name',
    { head: ['Content-Type: application/x-pkcs7-mime; name=smime.p7m', BASE64], body: `${base64('secret')}\n` },
    { kind: 'unreadable: encrypted' },
  ),
  odd(
    'encrypted-by-pgp-with-footer-of-a-list',
    {
      head: [MIXED],
      body: multipart([
        {
          head: ['Content-Type: multipart/encrypted; protocol="application/pgp-encrypted"; boundary=b2'],
          body: multipart(
            [
              { head: ['Content-Type: application/pgp-encrypted'], body: 'Version: 1' },
              { head: ['Content-Type: application/octet-stream'], body: ARMOR },
            ],
            'b2',
          ),
        },
        { head: [PLAIN], body: 'list footer' },
      ]),
    },
    { kind: 'unreadable: encrypted' },
  ),
  odd('encrypted-by-pgp-in-the-text', { body: ARMOR }, { kind: 'unreadable: encrypted' }),
  odd('encrypted-by-pgp-in-html', { head: [HTML], body: `<pre>${ARMOR}</pre>\n` }, { kind: 'unreadable: encrypted' }),
  odd(
    'signed-by-pgp-in-the-text',
    {
      body: '-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nWords.\n-----BEGIN PGP SIGNATURE-----\n\niQ\n-----END PGP SIGNATURE-----\n',
    },
    { kind: 'text' },
  ),
  odd(
    'key-of-pgp-attached',
    {
      head: [MIXED],
      body: multipart([words, { head: ['Content-Type: application/pgp-keys; name=key.asc'], body: 'key' }]),
    },
    { text: 'Words.', files: ['2 key.asc application/pgp-keys'] },
  ),
  odd(
    'words-about-armor',
    {
      body: `This is what it looks like, as I told you at great length in my other letter that you did not answer, though I had asked you to do so by the end of the week at the very latest, as you well know and remember:\n${ARMOR}`,
    },
    { kind: 'text' },
  ),
  odd(
    'list-with-footer',
    {
      head: ['List-Id: <list.example.org>', 'Precedence: list'],
      body: 'Words.\n_______________________________________________\nlist mailing list\nlist@example.org\n',
    },
    { kind: 'text' },
  ),
  odd(
    'list-that-changed-from',
    {
      head: [
        'From: "Bob Barr via List" <list@example.org>',
        'Reply-To: bob@example.org',
        'List-Id: <list.example.org>',
      ],
    },
    { from: 'list@example.org', text: 'Words.' },
  ),
  odd(
    'list-with-tag-in-the-subject',
    { head: ['Subject: [list] Re: Lunch', 'List-Id: <list.example.org>'] },
    { subject: '[list] Re: Lunch' },
  ),
  odd(
    'list-digest',
    {
      head: ['Content-Type: multipart/digest; boundary=b1'],
      body: multipart([{ body: 'Subject: One\n\none' }, { body: 'Subject: Two\n\ntwo' }]),
    },
    { text: '', files: ['1  message/rfc822', '2  message/rfc822'] },
  ),
  odd(
    'list-unsubscribe-in-one-click',
    { head: ['List-Unsubscribe: <https://example.com/u>', 'List-Unsubscribe-Post: List-Unsubscribe=One-Click'] },
    { text: 'Words.' },
  ),
  odd(
    'voice-of-deltachat',
    {
      head: [chat, 'Chat-Voice-Message: 1', 'Chat-Duration: 5000', MIXED],
      body: multipart([{ head: ['Content-Type: audio/ogg; name=v.ogg', BASE64], body: base64('ogg') }]),
    },
    { text: '', files: ['1 v.ogg audio/ogg'] },
  ),
  odd(
    'sticker-of-deltachat',
    {
      head: [chat, 'Chat-Content: sticker', 'Content-Type: image/png; name=s.png', BASE64],
      body: `${base64('png')}\n`,
    },
    { text: '', files: ['1 s.png image/png'] },
  ),
  odd(
    'edit-of-deltachat',
    { head: [chat, 'Chat-Edit: <chat$a@example.com>'], body: 'Edited words.\n' },
    { text: 'Edited words.' },
  ),
  odd(
    'delete-of-deltachat',
    { head: [chat, 'Chat-Delete: <chat$a@example.com>'], body: 'x\n' },
    { kind: 'deleterequest', about: ['chat$a@example.com'] },
  ),
  odd(
    'securejoin-of-deltachat',
    { head: [chat, 'Secure-Join: vc-request'], body: 'Secure-Join: vc-request\n' },
    { kind: 'secure-join' },
  ),
  odd('chat-without-words', { head: [chat], body: '\n' }, { kind: 'unreadable: empty' }),
  odd(
    'chat-with-empty-parts',
    { head: [chat, MIXED], body: multipart([{ head: [PLAIN], body: '' }]) },
    { kind: 'unreadable: empty' },
  ),
  odd('chat-with-strange-version', { head: ['Chat-Version: 99; beta'], body: 'words\n' }, { text: 'words' }),
  odd(
    'chat-with-quote-and-footer',
    { head: [chat], body: '> Shall we?\n\nYes.\n\n-- \nsent by a chat program\n' },
    { text: 'Yes.' },
  ),
  odd(
    'chat-with-content-of-nobody',
    { head: [chat, 'Chat-Content: org.example.odd'], body: 'x\n' },
    { kind: 'org.example.odd' },
  ),
  odd(
    'reaction-of-gmail',
    {
      head: [ALTERNATIVE, 'In-Reply-To: <chat$a@example.com>'],
      body: multipart([
        { head: [PLAIN, EIGHT], body: utf8('Bob reacted with 👍') },
        {
          head: ['Content-Type: text/vnd.google.email-reaction+json'],
          body: '{"version":1,"emoji":"👍"}'.replace('👍', '\\ud83d\\udc4d'),
        },
      ]),
    },
    { kind: 'reaction', about: ['chat$a@example.com'] },
  ),
  odd(
    'reaction-by-rfc-9078',
    { head: ['Content-Disposition: reaction', PLAIN, EIGHT, 'In-Reply-To: <chat$a@example.com>'], body: utf8('👍\n') },
    { kind: 'reaction', about: ['chat$a@example.com'] },
  ),
  odd(
    'fax-as-tiff',
    {
      head: ['Content-Type: image/tiff; name=fax.tif', 'Content-Disposition: inline', BASE64],
      body: `${base64('tiff')}\n`,
    },
    { text: '', files: ['1 fax.tif image/tiff'] },
  ),
  odd(
    'voicemail-of-a-telephone-system',
    {
      head: ['Content-Type: multipart/voice-message; boundary=b1'],
      body: multipart([
        words,
        {
          head: ['Content-Type: audio/wav', 'Content-Disposition: attachment; filename=voice.wav', BASE64],
          body: base64('wav'),
        },
      ]),
    },
    { text: 'Words.', files: ['2 voice.wav audio/wav'] },
  ),
  odd(
    'program-as-attachment',
    {
      head: [MIXED],
      body: multipart([
        words,
        {
          head: [
            'Content-Type: application/x-msdownload',
            'Content-Disposition: attachment; filename="invoice.pdf.exe"',
            BASE64,
          ],
          body: base64('MZ'),
        },
      ]),
    },
    { text: 'Words.', files: ['2 invoice.pdf.exe application/x-msdownload'] },
  ),
];
