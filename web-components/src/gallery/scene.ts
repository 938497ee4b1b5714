/** The states that the gallery shows, each with the data behind it. Texts are those of the mock. */
import type { ChatId, ChatView, RowId, RowView } from '@coi-webmail/chat';
import type { Overview } from '@coi-webmail/client';
import { calmOverview, type FakeState } from './fake-api.ts';
import { alice, bob, carol, chat, dave, lastLine, row } from './people.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Today at a time of day; the gallery looks the same at every hour. */
function at(hours: number, minutes: number, daysBefore = 0): number {
  return new Date().setHours(hours, minutes, 0, 0) - daysBefore * DAY;
}

export const LAKE = 1 as ChatId;
export const BOB = 2 as ChatId;
export const CAROL = 3 as ChatId;
export const REQUEST = 9 as ChatId;
export const LONG = 10 as ChatId;
export const STATES = 11 as ChatId;
export const BLOCKED = 12 as ChatId;
export const EMPTY = 13 as ChatId;
export const WAYS = 14 as ChatId;

const newcomer = { ...bob, name: 'newcomer@example.org', address: 'newcomer@example.org', initials: 'N', color: 8 };
const choir = { ...dave, name: 'Tuesday choir', address: 'choir@example.org', initials: 'TC', color: 4 };

const lakeRows: readonly RowView[] = [
  row({ sender: bob, text: 'Hi all!', at: at(17, 2, 1) }),
  row({
    sender: bob,
    text: 'I looked at three places. The one by the jetty has room for all of us and a place to put the boats.',
    at: at(17, 3, 1),
  }),
  row({ sender: bob, text: 'And it is cheap.', at: at(17, 3, 1) + 20_000 }),
  row({ own: true, text: 'Perfect', at: at(17, 5, 1) }),
  row({
    sender: dave,
    text: 'Donaudampfschifffahrtsgesellschaftskapitänsmützenaufbewahrungsschrank',
    at: at(17, 10, 1),
  }),
  row({
    sender: dave,
    text: 'https://maps.example.org/lake/north-shore/jetty?layer=cycle&from=station&to=jetty-3#zoom=14',
    at: at(17, 11, 1),
  }),
  row({ own: true, text: '🏕️🚣', emojiOnly: true, at: at(17, 12, 1) }),
  row({ sender: carol, text: '😂', emojiOnly: true, at: at(17, 12, 1) + 30_000 }),
  row({ sender: dave, text: 'Weather looks good from Friday. Who brings the tent?', at: at(18, 20, 1) }),
  row({ own: true, text: 'I have the big one 🏕️', at: at(18, 24, 1) }),
  row({ own: true, text: 'And the stove.', at: at(18, 24, 1) + 20_000 }),
  row({
    sender: bob,
    text: 'Took this on Sunday. The jetty is open again.',
    at: at(9, 31),
    attachments: [
      {
        part: '2',
        name: 'jetty-in-the-morning-light-of-november.jpg',
        type: 'image/jpeg',
        sizeBytes: 1_840_000,
        url: 'a/x/part?part=2',
      },
    ],
  }),
  row({ own: true, text: 'Beautiful!', at: at(9, 33) }),
  row({
    rowId: 'lake-new' as RowId,
    sender: carol,
    text: 'Then I leave mine at home.',
    quote: { author: 'You', text: 'I have the big one 🏕️', rowId: undefined },
    at: at(9, 40),
    unread: true,
  }),
  row({ sender: carol, text: 'I booked the boats, can you drive?', at: at(9, 41), unread: true }),
  row({ sender: carol, text: 'Start is at 8 at the station.', at: at(9, 41) + 20_000, unread: true }),
];

const stateRows: readonly RowView[] = [
  row({ own: true, text: 'Waiting for connection', delivery: 'queued', deliveryReason: 'offline', at: at(9, 1) }),
  row({ own: true, text: 'On its way', delivery: 'sending', at: at(9, 2) }),
  row({ own: true, text: 'Accepted by the mail server', delivery: 'sent', at: at(9, 3) }),
  row({ own: true, text: 'Read', delivery: 'read', at: at(9, 4) }),
  row({ own: true, text: 'The other side is slow', delivery: 'queued', deliveryReason: 'delayed', at: at(9, 5) }),
  row({
    rowId: 'failed' as RowId,
    own: true,
    text: 'Here is the address',
    delivery: 'failed',
    deliveryReason: 'recipient-unknown',
    deliveryDetail: '550 5.1.1',
    at: at(9, 11),
  }),
  row({
    rowId: 'unknown' as RowId,
    own: true,
    text: 'The key is under the pot',
    delivery: 'unknown',
    deliveryReason: 'unknown-outcome',
    at: at(9, 12),
  }),
  row({ text: 'Just now, over the fast lane: https://example.org/lane', provisional: 'lane', at: at(9, 20) }),
  row({ text: 'This one never came as mail', provisional: 'missing', at: at(9, 21) }),
  row({
    sender: { ...alice, self: false },
    text: 'Please pay this today: https://example.org/pay',
    proven: false,
    at: at(9, 22),
  }),
  row({ kind: 'unreadable', unreadableReason: 'encrypted', text: '', at: at(9, 23) }),
  row({ rowId: 'folded' as RowId, text: 'Then the jetty it is.', folded: true, at: at(9, 24) }),
  row({
    kind: 'mail',
    subject: 'Minutes of the meeting on 19 November',
    text: 'Hello Alice, attached are the minutes of Thursday. Please check point 4 before I send them to all members.',
    sender: carol,
    folded: true,
    at: at(9, 25),
    attachments: [
      {
        part: '2',
        name: 'Minutes-19-November.pdf',
        type: 'application/pdf',
        sizeBytes: 84_000,
        url: 'a/x/part?part=2',
      },
    ],
  }),
  row({ text: 'מזג האוויר נראה טוב, ניפגש בתחנה בשמונה בבוקר', at: at(9, 30) }),
  row({
    text: '<img src=x onerror="document.title=\'broken\'"><b>bold?</b> javascript:alert(1) https://example.org',
    at: at(9, 31),
  }),
  row({
    own: true,
    text: '',
    at: at(9, 35),
    attachments: [
      {
        part: '2',
        name: 'Costs.ods',
        type: 'application/vnd.oasis.opendocument.spreadsheet',
        sizeBytes: 38_000,
        url: 'a/x/part?part=2',
      },
    ],
  }),
];

/** Every way that a line can take, with what can be done about it. */
function deliveryRows(): readonly RowView[] {
  const own = (id: string, text: string, rest: Partial<RowView>): RowView =>
    row({ rowId: id as RowId, own: true, text, at: at(9, 41), cancelable: true, ...rest });
  const refused = [carol, bob, dave, newcomer].map((person, index) => ({
    person,
    reason: index === 1 ? ('recipient-full' as const) : ('recipient-unknown' as const),
    detail: index === 1 ? '552 5.2.2' : '550 5.1.1',
  }));
  const few = refused.slice(0, 1);
  return [
    own('progress', 'The programme of the summer school', {
      delivery: 'sending',
      cancelable: false,
      recipients: { total: 300, done: 120, refused: [] },
    }),
    own('partly', 'We meet at the north shore', {
      delivery: 'sent',
      cancelable: false,
      retriable: true,
      recipients: { total: 12, done: 12, refused },
    }),
    own('later', 'The boats are booked', {
      delivery: 'read',
      cancelable: false,
      recipients: { total: 3, done: 3, refused: few },
    }),
    own('slow', 'Did you see the forecast?', { delivery: 'sent', deliveryReason: 'delayed', cancelable: false }),
    own('bounced', 'Tickets are attached', {
      delivery: 'failed',
      deliveryReason: 'bounced',
      deliveryDetail: '5.1.1',
      cancelable: false,
    }),
    own('old', 'See you on Tuesday', { delivery: 'failed', deliveryReason: 'too-old' }),
    own('lost', 'The key is under the pot', { delivery: 'unknown', deliveryReason: 'unknown-outcome' }),
    row({ kind: 'unreadable', unreadableReason: 'empty', text: '', at: at(9, 42) }),
    row({ rowId: 'html' as RowId, text: '', htmlUnread: true, folded: true, at: at(9, 42) }),
    own('waits', 'Shall I bring the tent?', { delivery: 'queued', deliveryReason: 'limit-reached' }),
    own('offline', 'And the stove?', { delivery: 'queued', deliveryReason: 'offline' }),
    own('held', 'I take the early train', { delivery: 'queued', heldUntil: Date.now() + 5000 }),
  ];
}

const bobRows: readonly RowView[] = [
  row({ text: 'Did the parcel arrive?', at: at(9, 20) }),
  row({ own: true, text: 'Yes, this morning. Thanks for sending it so fast!', at: at(9, 24) }),
  row({ own: true, text: 'See you at six', delivery: 'sent', at: at(9, 32) }),
  row({ text: 'Shall we meet at the station?', at: at(9, 38) }),
];

const WORDS = 'We walk along the lake and have a look at the boats before the rain comes in the evening'.split(' ');

function longRows(count: number): readonly RowView[] {
  return Array.from({ length: count }, (_, index) =>
    row({
      rowId: `long-${index}` as RowId,
      own: index % 3 === 0,
      sender: index % 3 === 0 ? alice : bob,
      text: `${index}: ${WORDS.slice(0, 3 + (index % 15)).join(' ')}`,
      at: Date.now() - (count - index) * 7 * MINUTE,
    }),
  );
}

function listed(
  id: ChatId,
  people: Parameters<typeof chat>[1],
  text: string,
  time: number,
  rest: Partial<ChatView> = {},
): ChatView {
  return chat(id, people, { last: lastLine(text, time), activeAt: time, ...rest });
}

const chats: readonly ChatView[] = [
  listed(LAKE, [bob, carol, dave], '', at(9, 41), {
    title: 'Lake weekend',
    initials: 'LW',
    color: 6,
    unreadCount: 3,
    last: lastLine('I booked the boats, can you drive?', at(9, 41), { sender: 'Carol' }),
  }),
  listed(BOB, [bob], 'Shall we meet at the station?', at(9, 38)),
  listed(CAROL, [carol], 'Minutes of the meeting', at(9, 5), { draft: 'Thank you for the minutes, I' }),
  listed(4 as ChatId, [dave], 'timetable.pdf', at(8, 47), {
    unreadCount: 1,
    last: lastLine('timetable.pdf', at(8, 47), { kind: 'attachment' }),
  }),
  listed(5 as ChatId, [bob, dave], 'Photo', at(20, 2, 2), {
    title: 'Book club',
    initials: 'BC',
    color: 7,
    muted: true,
    unreadCount: 12,
    last: lastLine('Chapter four is the best', at(20, 2, 2), { sender: 'Bob' }),
  }),
  listed(6 as ChatId, [bob, carol], 'Shipping on Thursday, notes are in the folder', at(11, 0, 3), {
    title: 'Release 2.0',
    initials: 'R2',
    color: 8,
    pinned: true,
    last: lastLine('Shipping on Thursday, notes are in the folder', at(11, 0, 3), { own: true, delivery: 'read' }),
  }),
  listed(7 as ChatId, [dave, carol], 'who has the key?', at(10, 0, 4), {
    title: 'Neighbours 12a',
    initials: 'N',
    color: 3,
    last: lastLine('who has the key?', at(10, 0, 4), { own: true, delivery: 'failed' }),
  }),
  listed(8 as ChatId, [choir], 'When do we sing?', at(10, 0, 9), { muted: true }),
  listed(REQUEST, [newcomer], 'Hello, I found your address on the list of the walking club', at(11, 20, 10), {
    request: true,
    unreadCount: 1,
  }),
];

const extra: readonly ChatView[] = [
  listed(LONG, [bob], 'a long one', Date.now(), { title: 'A long conversation', initials: 'L', color: 2 }),
  listed(STATES, [bob], 'every state', at(9, 40)),
  listed(WAYS, [carol], 'I take the early train', at(9, 42)),
  listed(BLOCKED, [newcomer], 'Hello?', at(9, 0), { blocked: true }),
  chat(EMPTY, [carol], { activeAt: at(9, 0) }),
];

function world(overview: Partial<Overview> = {}, rest: Partial<FakeState> = {}): FakeState {
  return {
    overview: { ...calmOverview, ...overview },
    chats: [...chats, ...extra],
    rows: new Map([
      [LAKE, lakeRows],
      [BOB, bobRows],
      [CAROL, []],
      [
        REQUEST,
        [
          row({
            sender: newcomer,
            text: 'Hello, I found your address on the list of the walking club. May I join on Saturday?',
            at: at(11, 20, 10),
            unread: true,
          }),
        ],
      ],
      [LONG, longRows(1000)],
      [STATES, stateRows],
      [WAYS, deliveryRows()],
      [BLOCKED, [row({ sender: newcomer, text: 'Hello?', at: at(9, 0) })]],
    ]),
    firstUnread: new Map([[LAKE, 'lake-new' as RowId]]),
    loading: false,
    loadingOlder: false,
    preview: { chatMailCount: 37, canMove: true, coiServer: false },
    ...rest,
  };
}

export interface Scene {
  readonly state: FakeState;
  readonly open?: ChatId | undefined;
}

const onlyListed = { chats };

/** Each is made when it is shown. */
export const SCENES: Readonly<Record<string, () => Scene>> = {
  list: () => ({ state: world({}, onlyListed) }),
  offered: () => ({ state: world() }),
  group: () => ({ state: world({}, onlyListed), open: LAKE }),
  direct: () => ({ state: world({}, onlyListed), open: BOB }),
  states: () => ({ state: world(), open: STATES }),
  delivery: () => ({ state: world({ settings: { undoSeconds: 5 } }), open: WAYS }),
  long: () => ({ state: world(), open: LONG }),
  huge: () => ({ state: world({}, { rows: new Map([[LONG, longRows(20_000)]]) }), open: undefined }),
  legacy: () => ({ state: world(), open: EMPTY }),
  request: () => ({ state: world(), open: REQUEST }),
  blocked: () => ({ state: world(), open: BLOCKED }),
  'no-chats': () => ({ state: world({ unreadChats: 0 }, { chats: [] }) }),
  loading: () => ({ state: world({ phase: 'opening' }, { chats: [], loading: true }) }),
  older: () => ({ state: world({}, { loadingOlder: true }), open: BOB }),
  consent: () => ({ state: world({ phase: 'consent', mode: undefined }) }),
  'consent-fixed': () => ({
    state: world(
      { phase: 'consent', mode: undefined },
      { preview: { chatMailCount: 0, canMove: false, coiServer: false } },
    ),
  }),
  'signed-out': () => ({ state: world({ phase: 'signed-out' }) }),
  offline: () => ({ state: world({ connection: 'offline', queuedCount: 2 }), open: BOB }),
  'engine-down': () => ({
    state: world({ connection: 'engine-unreachable', retryAt: Date.now() + 20_000 }, onlyListed),
  }),
  'mail-down': () => ({ state: world({ mail: 'unavailable' }), open: BOB }),
  'password-changed': () => ({ state: world({ mail: 'auth-failed' }, onlyListed) }),
  'over-quota': () => ({ state: world({ mail: 'over-quota' }), open: BOB }),
  version: () => ({ state: world({ phase: 'version' }, onlyListed) }),
  syncing: () => ({ state: world({ syncProgress: 0.4 }, onlyListed) }),
  evictable: () => ({ state: world({ storage: 'evictable', lockedItems: 2 }, onlyListed) }),
  'storage-full': () => ({ state: world({ storage: 'full' }, onlyListed) }),
};
