/**
 * The fold over random stories: the same in any order, told twice, in pieces, over restarts.
 *
 * COI_PROPERTY_STORIES sets how many random orders are tried, COI_PROPERTY_SEED where they start.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seeded } from '../test-story.ts';
import { Browser } from './browser.fixture.ts';
import { brokenIndex, observe } from './observe.fixture.ts';
import { printed, shrink } from './shrink.fixture.ts';
import { allOrders, MARKS, remains, retold, SELF, type Story, StoryTeller } from './story.fixture.ts';

const SEED = Number(process.env['COI_PROPERTY_SEED'] ?? 20_261_124);
const ORDERS = Number(process.env['COI_PROPERTY_STORIES'] ?? 10_000);
const ORDERS_PER_STORY = 5;
const SHORT_STORIES = 120;
const MAX_SHORT = 6;
const MAX_LONG = 30;

/** How a story is told: never, or with such a chance at each event. */
interface Manner {
  readonly twice: number;
  readonly pass: number;
  readonly restart: number;
}

const PLAIN: Manner = { twice: 0, pass: 0, restart: 0 };

function told(story: Story, order: readonly number[], manner: Manner, random: () => number): Browser {
  const browser = new Browser(SELF);
  for (const at of order) {
    const event = story[at]?.event;
    if (event === undefined) continue;
    browser.tell(event);
    if (random() < manner.twice) browser.tell(event);
    if (random() < manner.pass) browser.tell({ kind: 'pass-completed' });
    if (random() < manner.restart) browser.restart();
  }
  browser.tell({ kind: 'marks-changed', marks: MARKS });
  browser.tell({ kind: 'pass-completed' });
  return browser;
}

const asWritten = (story: Story) => story.map((_, at) => at);

/** @returns how the two differ; undefined = they do not */
function difference(one: string, other: string): string | undefined {
  if (one === other) return undefined;
  const [lines, others] = [one.split('\n'), other.split('\n')];
  const at = lines.findIndex((line, index) => line !== others[index]);
  return [
    `-${lines.slice(Math.max(0, at - 12), at + 6).join('\n-')}`,
    `+${others.slice(Math.max(0, at - 12), at + 6).join('\n+')}`,
  ].join('\n');
}

/** Tells the story in some orders and compares; each call makes the same orders. */
function disagrees(
  story: Story,
  manner: Manner,
  orders: Iterable<readonly number[]>,
  seed: number,
): string | undefined {
  const first = told(story, asWritten(story), PLAIN, seeded(seed));
  const wrong = brokenIndex(first.state);
  if (wrong !== undefined) return `As written: index ${wrong}`;
  const expected = observe(first.state);
  const random = seeded(seed + story.length);
  for (const order of orders) {
    const browser = told(story, order, manner, random);
    const broken = brokenIndex(browser.state);
    if (broken !== undefined) return `order ${order.join(' ')}: index ${broken}`;
    const differs = difference(expected, observe(browser.state));
    if (differs !== undefined) return `order ${order.join(' ')}:\n${differs}`;
    browser.restart();
    const restarted = difference(expected, observe(browser.state));
    if (restarted !== undefined) return `order ${order.join(' ')}, then a restart:\n${restarted}`;
  }
  return undefined;
}

function* randomOrders(story: Story, count: number, seed: number): Generator<readonly number[]> {
  const random = seeded(seed);
  for (let left = count; left > 0; left--) yield retold(story, random);
}

/**
 * Fails with the smallest story that still disagrees.
 *
 * @param tries how much harder to look at smaller stories
 */
function check(story: Story, disagree: (story: Story, tries: number) => string | undefined, seed: number): void {
  if (disagree(story, 1) === undefined) return;
  const small = shrink(story, (each) => disagree(each, 20));
  assert.fail(`seed ${seed}: this story is not the same in each order\n${printed(small)}\n${disagree(small, 20)}`);
}

test(`stories of up to ${MAX_SHORT} events are the same in every order (seed ${SEED})`, () => {
  for (let number = 0; number < SHORT_STORIES; number++) {
    const seed = SEED + number;
    const story = new StoryTeller(seeded(seed)).story(2 + (number % (MAX_SHORT - 1))).slice(0, MAX_SHORT);
    check(story, (each) => disagrees(each, PLAIN, allOrders(each), seed), seed);
  }
});

const MANNERS: readonly (readonly [name: string, manner: Manner])[] = [
  ['in random orders', PLAIN],
  ['with events told twice', { ...PLAIN, twice: 0.5 }],
  ['with passes between', { ...PLAIN, pass: 0.2 }],
  ['with restarts between', { ...PLAIN, restart: 0.2 }],
  ['with all of that', { twice: 0.2, pass: 0.1, restart: 0.1 }],
];

for (const [name, manner] of MANNERS) {
  test(`long stories are the same ${name} (seed ${SEED})`, () => {
    const count = Math.ceil(ORDERS / ORDERS_PER_STORY / MANNERS.length);
    for (let number = 0; number < count; number++) {
      const seed = SEED + 1000 * number;
      const random = seeded(seed);
      const story = new StoryTeller(random).story(MAX_SHORT + 1 + Math.floor(random() * (MAX_LONG - MAX_SHORT)));
      const disagree = (each: Story, tries: number) =>
        disagrees(each, manner, randomOrders(each, ORDERS_PER_STORY * tries, seed), seed);
      check(story, disagree, seed);
    }
  });
}

test(`a browser that comes last shows what all others show (seed ${SEED})`, () => {
  const count = Math.ceil(ORDERS / ORDERS_PER_STORY / MANNERS.length);
  const differs = (story: Story) => {
    // What was seen on the fast lane only is in no mailbox.
    const kept = story.flatMap(({ event }, at) => (event.kind === 'lane-seen' ? [] : [at]));
    const left = remains(kept.flatMap((at) => story[at] ?? [])).map((event) => ({ event, after: [] }));
    const [early, late] = [told(story, kept, PLAIN, seeded(1)), told(left, asWritten(left), PLAIN, seeded(1))];
    return difference(observe(late.state), observe(early.state));
  };
  for (let number = 0; number < count; number++) {
    const seed = SEED + 1000 * number;
    const random = seeded(seed);
    const story = new StoryTeller(random).story(MAX_SHORT + 1 + Math.floor(random() * (MAX_LONG - MAX_SHORT)));
    check(story, differs, seed);
  }
});
