/**
 * The words of the demo: ordinary mail that people get, and what alice, bob and carol said to each other.
 *
 * Only content and when; `seed.ts` turns it into mail.
 */

export type Person = 'alice' | 'bob' | 'carol' | 'dave';

export interface OrdinaryMail {
  readonly to: readonly Person[];
  readonly from: string;
  readonly subject: string;
  readonly daysAgo: number;
  readonly text: string;
  readonly html?: string;
  readonly attachment?: { readonly name: string; readonly type: string; readonly content: 'pdf' | 'png' | 'csv' };
  readonly isUnread?: boolean;
  readonly headers?: readonly string[];
}

/** A line of a chat; `asMail` = answered from an ordinary mail program, with the whole line quoted below. */
export interface Line {
  readonly from: Person;
  readonly text: string;
  readonly minutesAgo: number;
  readonly asMail?: boolean;
  readonly isUnread?: boolean;
}

const DAY = 24 * 60;

export const ORDINARY_MAIL: readonly OrdinaryMail[] = [
  {
    to: ['alice', 'bob', 'carol', 'dave'],
    from: 'Harbour Library <news@library.elsewhere.test>',
    subject: 'November at the library',
    daysAgo: 21,
    text: 'Story night on Friday, book repair on Saturday.\r\nAll events: https://library.elsewhere.test/november\r\n',
    html: '<h2>November at the library</h2><p><b>Story night</b> on Friday, <i>book repair</i> on Saturday.</p><p><a href="https://library.elsewhere.test/november">All events</a></p>',
    headers: ['List-Unsubscribe: <https://library.elsewhere.test/leave>', 'Precedence: bulk'],
  },
  {
    to: ['alice'],
    from: 'Grünwald Fahrräder <rechnung@gruenwald.elsewhere.test>',
    subject: 'Ihre Rechnung 2026-1187',
    daysAgo: 17,
    text: 'Guten Tag,\r\n\r\nanbei die Rechnung für die Inspektion (74,50 €).\r\n\r\nViele Grüße\r\nTill Grünwald\r\n',
    attachment: { name: 'Rechnung 2026-1187.pdf', type: 'application/pdf', content: 'pdf' },
  },
  {
    to: ['alice', 'dave'],
    from: 'Dave Lister <dave@example.test>',
    subject: 'Photos from the lake',
    daysAgo: 14,
    text: 'Hi both,\r\n\r\nhere is the best one. The rest when I find the cable.\r\n\r\nDave\r\n',
    attachment: { name: 'lake.png', type: 'image/png', content: 'png' },
  },
  {
    to: ['alice'],
    from: 'Erin Elsewhere <erin@elsewhere.test>',
    subject: 'Minutes of the garden committee',
    daysAgo: 12,
    text: 'Dear all,\r\n\r\n1. Water butt: bought.\r\n2. Compost: two heaps from spring on.\r\n3. Next meeting: first Tuesday in December.\r\n\r\nErin\r\n',
  },
  {
    to: ['alice', 'bob'],
    from: 'Railway Tickets <no-reply@rail.elsewhere.test>',
    subject: 'Your booking RX7-42K',
    daysAgo: 9,
    text: 'Friday 27 November, 08:14, coach 7, seats 41 and 42.\r\n',
    html: '<table><tr><th>Friday 27 November</th><td>08:14</td></tr><tr><th>Coach 7</th><td>Seats 41, 42</td></tr></table>',
    headers: ['Auto-Submitted: auto-generated'],
  },
  {
    to: ['bob'],
    from: 'Timber Yard <offers@timber.elsewhere.test>',
    subject: 'Quote for 12 oak boards',
    daysAgo: 8,
    text: 'Hello Bob,\r\n\r\n12 boards, 28 mm, 2.4 m: 318.00. Valid until the end of the month.\r\n',
    attachment: { name: 'quote.csv', type: 'text/csv', content: 'csv' },
  },
  {
    to: ['carol'],
    from: 'Pottery class <class@clay.elsewhere.test>',
    subject: 'Kiln is full, firing on Thursday',
    daysAgo: 7,
    text: 'Pieces can be fetched on Saturday from ten.\r\n',
  },
  {
    to: ['alice', 'carol'],
    from: 'City Council <info@city.elsewhere.test>',
    subject: 'Road works in Mill Lane',
    daysAgo: 5,
    text: 'Mill Lane is closed from Monday to Wednesday. Buses stop at the market.\r\n',
    isUnread: true,
  },
  {
    to: ['dave'],
    from: 'Vending Repairs <desk@vending.elsewhere.test>',
    subject: 'Re: Machine on level 16',
    daysAgo: 4,
    text: 'We will send somebody.\r\n\r\nOn Monday, Dave Lister wrote:\r\n> It says OUT OF TOAST again.\r\n',
    isUnread: true,
  },
  {
    to: ['alice'],
    from: 'Erin Elsewhere <erin@elsewhere.test>',
    subject: 'Re: Minutes of the garden committee',
    daysAgo: 3,
    text: 'One more thing: who has the key of the shed?\r\n\r\nErin\r\n\r\n> 3. Next meeting: first Tuesday in December.\r\n',
    isUnread: true,
  },
  {
    to: ['alice', 'bob', 'carol', 'dave'],
    from: 'Payroll <payroll@example.test>',
    subject: 'Pay slip for October',
    daysAgo: 2,
    text: 'Your pay slip is attached.\r\n',
    attachment: { name: 'pay-slip-october.pdf', type: 'application/pdf', content: 'pdf' },
  },
  {
    to: ['alice', 'bob'],
    from: 'Sofía Núñez <sofia@elsewhere.test>',
    subject: '¿Cenamos el sábado? 🥘',
    daysAgo: 1,
    text: 'Hay paella para ocho.\r\nAvisadme antes del jueves.\r\n\r\nSofía\r\n',
    isUnread: true,
  },
];

/** alice and bob both chat. */
export const ALICE_AND_BOB: readonly Line[] = [
  { from: 'alice', text: 'Did the oak boards arrive?', minutesAgo: 2 * DAY + 300 },
  { from: 'bob', text: 'Yes, this morning. They smell wonderful.', minutesAgo: 2 * DAY + 296 },
  { from: 'bob', text: 'I will plane two of them tomorrow and see how the grain looks.', minutesAgo: 2 * DAY + 295 },
  { from: 'alice', text: '👍', minutesAgo: 2 * DAY + 294 },
  { from: 'alice', text: 'Train leaves at 8:14 on Friday. Meet at the clock?', minutesAgo: DAY + 40 },
  { from: 'bob', text: 'At eight, at the clock. I bring coffee.', minutesAgo: DAY + 31 },
  { from: 'bob', text: 'Milk in yours?', minutesAgo: 45, isUnread: true },
];

/** carol has only ever used ordinary mail. */
export const ALICE_AND_CAROL: readonly Line[] = [
  { from: 'alice', text: 'Is the blue bowl out of the kiln yet?', minutesAgo: 3 * DAY },
  {
    from: 'carol',
    text: 'Thursday is firing day, so Saturday at the earliest. Shall I bring it round?',
    minutesAgo: 3 * DAY - 180,
    asMail: true,
  },
  { from: 'alice', text: 'Please do. I have cake.', minutesAgo: 3 * DAY - 200 },
  { from: 'carol', text: 'Then I am there at three.', minutesAgo: 90, asMail: true, isUnread: true },
];
