/** Bounces, delays, receipts and notices as mail servers and programs really send them. */
import { HTML, multipart, odd, type OddMail, type Part, PLAIN, type Reading } from './mail.fixture.ts';

const ID = 'chat$a@example.com';
const OURS = `From: alice@example.com\nTo: carol@example.net\nMessage-ID: <${ID}>\nSubject: Lunch\nChat-Version: 1.0\n`;
const DAEMON = 'From: Mail Delivery System <MAILER-DAEMON@mx.example.net>';
const NOBODY = 'Return-Path: <>';
const BOUNCED = { kind: 'bounce', about: [ID] };

const status = (action: string, code: string, more = '') =>
  `Reporting-MTA: dns; mx.example.net\n\nFinal-Recipient: rfc822; carol@example.net\nAction: ${action}\nStatus: ${code}\n${more}`;

interface Report {
  readonly words?: string;
  readonly status: string;
  readonly type?: string;
  readonly returned?: Part;
  readonly head?: readonly string[];
}

const ORIGINAL: Part = { head: ['Content-Type: message/rfc822'], body: `${OURS}\nShall we?` };
const HEADER: Part = { head: ['Content-Type: text/rfc822-headers'], body: OURS };

function report(
  name: string,
  { words = 'Sorry.', status: body, type = 'message/delivery-status', returned = ORIGINAL, head = [] }: Report,
  reads: Reading,
) {
  const parts = [{ head: [PLAIN], body: words }, { head: [`Content-Type: ${type}`], body }, returned];
  const content = 'Content-Type: multipart/report; report-type=delivery-status; boundary=b1';
  return odd(`report-${name}`, { head: [NOBODY, DAEMON, content, ...head], body: multipart(parts) }, reads);
}

/** A bounce in words. */
const worded = (name: string, body: string, reads: Reading, head: readonly string[] = []) =>
  odd(`report-${name}`, { head: [NOBODY, DAEMON, ...head], body }, reads);

function receipt(
  name: string,
  disposition: string,
  reads: Reading,
  more: readonly Part[] = [],
  fields = `Original-Message-ID: <${ID}>\n`,
) {
  const body = `Final-Recipient: rfc822; carol@example.net\n${fields}Disposition: ${disposition}\n`;
  const parts = [
    { head: [PLAIN], body: 'Read.' },
    { head: ['Content-Type: message/disposition-notification'], body },
    ...more,
  ];
  const content = 'Content-Type: multipart/report; report-type=disposition-notification; boundary=b1';
  return odd(`receipt-${name}`, { head: ['From: carol@example.net', content], body: multipart(parts) }, reads);
}

export const REPORTS: readonly OddMail[] = [
  report(
    'of-postfix-user-unknown',
    { status: status('failed', '5.1.1', 'Diagnostic-Code: smtp; 550 5.1.1 User unknown\n') },
    BOUNCED,
  ),
  report('of-postfix-with-header-only', { status: status('failed', '5.1.1'), returned: HEADER }, BOUNCED),
  report(
    'of-postfix-delayed',
    { status: status('delayed', '4.4.1', 'Will-Retry-Until: Sun, 29 Nov 2026 09:30:00 +0000\n') },
    { kind: 'delay', about: [ID] },
  ),
  report('of-postfix-delivered', { status: status('delivered', '2.0.0') }, { kind: 'delivery', about: [ID] }),
  report('of-postfix-relayed', { status: status('relayed', '2.0.0') }, { kind: 'delivery', about: [ID] }),
  report(
    'of-postfix-in-utf-8',
    { type: 'message/global-delivery-status', status: status('failed', '5.1.1').replace('rfc822', 'utf-8') },
    BOUNCED,
  ),
  report(
    'of-gmail',
    {
      status: status(
        'failed',
        '5.1.1',
        'Remote-MTA: dns; gmail-smtp-in.example\nDiagnostic-Code: smtp; 550-5.1.1 The email account does not exist.\nLast-Attempt-Date: Tue, 24 Nov 2026 01:30:00 -0800 (PST)\n',
      ),
    },
    BOUNCED,
  ),
  report(
    'of-exchange',
    {
      status: status(
        'failed',
        '5.1.10',
        'Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found\nRemote-MTA: dns;mx.example\n',
      ),
      head: ['X-MS-Exchange-Message-Is-Ndr:'],
    },
    BOUNCED,
  ),
  report('of-exchange-mailbox-full', { status: status('failed', '5.2.2') }, BOUNCED),
  report(
    'with-two-recipients',
    {
      status: `${status('failed', '5.1.1')}\nFinal-Recipient: rfc822; dan@example.net\nAction: delivered\nStatus: 2.0.0\n`,
    },
    BOUNCED,
  ),
  report('without-action', { status: 'Final-Recipient: rfc822; carol@example.net\nStatus: 5.1.1\n' }, BOUNCED),
  report('in-capitals', { status: status('FAILED', '5.1.1').replace('Action', 'ACTION') }, BOUNCED),
  report('with-comment', { status: status('failed (undeliverable)', '5.1.1 (bad destination)') }, BOUNCED),
  report(
    'with-folded-diagnostic',
    { status: status('failed', '5.1.1', 'Diagnostic-Code: smtp; 550\n 5.1.1\n unknown\n') },
    BOUNCED,
  ),
  report(
    'returning-nothing',
    { status: status('failed', '5.1.1'), returned: { head: [PLAIN], body: '' } },
    { kind: 'bounce', about: [] },
  ),
  report(
    'returning-a-mail-without-id',
    {
      status: status('failed', '5.1.1'),
      returned: { head: ['Content-Type: message/rfc822'], body: 'Subject: x\n\ny' },
    },
    { kind: 'bounce', about: [] },
  ),
  report(
    'returning-a-folded-id',
    {
      status: status('failed', '5.1.1'),
      returned: { head: ['Content-Type: message/rfc822'], body: `Message-ID:\n <${ID}>\n\nx` },
    },
    BOUNCED,
  ),
  report('empty', { status: '' }, { kind: 'delivery' }),
  report(
    'of-a-thousand-recipients',
    {
      status: `Reporting-MTA: dns; x\n${Array.from({ length: 1000 }, (_, at) => `\nFinal-Recipient: rfc822; p${at}@example.net\nAction: failed\nStatus: 5.1.1\n`).join('')}`,
    },
    BOUNCED,
  ),
  worded(
    'of-qmail',
    `Hi. This is the qmail-send program at mx.example.net.\nI'm afraid I wasn't able to deliver your message to the following addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.\n\n<carol@example.net>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n--- Below this line is a copy of the message.\n\nReturn-Path: <alice@example.com>\n${OURS}\nShall we?\n`,
    BOUNCED,
  ),
  worded(
    'of-exim',
    `This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of its\nrecipients. This is a permanent error. The following address(es) failed:\n\n  carol@example.net\n    550 5.1.1 User unknown\n\n------ This is a copy of the message, including all the headers. ------\n\n${OURS}\nShall we?\n`,
    BOUNCED,
    ['X-Failed-Recipients: carol@example.net', 'Auto-Submitted: auto-replied'],
  ),
  worded(
    'of-exim-delayed',
    `This message was created automatically by mail delivery software.\nA message that you sent has not yet been delivered to one or more of its\nrecipients after more than 24 hours on the queue.\n\nThe address to which the message has not yet been delivered is:\n\n  carol@example.net\n\n------ This is a copy of the message's header. ------\n\n${OURS}\n`,
    { kind: 'delay', about: [ID] },
    ['Auto-Submitted: auto-replied'],
  ),
  worded('in-words-about-no-mail', 'Your mail could not be delivered.\n', {
    text: 'Your mail could not be delivered.',
  }),
  odd(
    'report-forwarded-by-a-person',
    { body: `Look what I got:\n\nMessage-ID: <${ID}>\n` },
    { text: `Look what I got:\n\nMessage-ID: <${ID}>` },
  ),
  odd(
    'notice-of-absence',
    { head: ['Auto-Submitted: auto-replied', 'Subject: Out of office'], body: 'I am away.\n' },
    { text: 'I am away.' },
  ),
  odd(
    'notice-of-absence-of-exchange',
    { head: ['X-Auto-Response-Suppress: All', 'Subject: Automatic reply: Lunch', HTML], body: '<p>I am away.</p>\n' },
    { text: 'I am away.' },
  ),

  receipt('displayed', 'manual-action/MDN-sent-manually; displayed', { kind: 'receipt', about: [ID] }),
  receipt('displayed-by-machine', 'automatic-action/MDN-sent-automatically; displayed', {
    kind: 'receipt',
    about: [ID],
  }),
  receipt('deleted', 'manual-action/MDN-sent-automatically; deleted', { kind: 'receipt', about: [] }),
  receipt('denied', 'manual-action/MDN-sent-automatically; denied', { kind: 'receipt', about: [] }),
  receipt('in-capitals', 'MANUAL-ACTION/MDN-SENT-MANUALLY; DISPLAYED', { kind: 'receipt', about: [ID] }),
  receipt('with-modifier', 'manual-action/MDN-sent-manually; displayed/error', { kind: 'receipt', about: [ID] }),
  receipt('folded', 'manual-action/MDN-sent-manually;\n displayed', { kind: 'receipt', about: [ID] }),
  receipt('naming-no-mail', 'manual-action/MDN-sent-manually; displayed', { kind: 'receipt', about: [] }, [], ''),
  receipt(
    'naming-it-by-what-it-returns',
    'manual-action/MDN-sent-manually; displayed',
    { kind: 'receipt', about: [ID] },
    [HEADER],
    '',
  ),
  odd(
    'receipt-without-multipart',
    {
      head: ['Content-Type: message/disposition-notification'],
      body: `Original-Message-ID: <${ID}>\nDisposition: manual-action/MDN-sent-manually; displayed\n`,
    },
    { kind: 'receipt', about: [ID] },
  ),
  odd(
    'receipt-of-outlook-in-words',
    { head: ['Subject: Read: Lunch'], body: 'Your message\n\nwas read on Tuesday.\n' },
    { text: 'Your message\n\nwas read on Tuesday.' },
  ),
];
