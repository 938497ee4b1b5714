/**
 * The elements in a real browser, in the scenes of the gallery. What is said to the client is read from the fake
 * ChatApi, what is on the screen through roles and words, as a person meets it.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import {
  asked,
  field,
  fieldHolds,
  type GalleryPage,
  log,
  NARROW,
  row,
  useGallery,
  WIDE,
} from '../gallery/story.fixture.ts';

declare const gallery: GalleryPage;

const stage = useGallery();
const { story } = stage;

/** How far the log is from its end, in px. */
const fromEnd = (page: Page) => log(page).evaluate((box) => box.scrollHeight - box.scrollTop - box.clientHeight);

describe('the list', { concurrency: 2 }, () => {
  story('shows who wrote last, what is unread, drafts and what was not sent', 'list', NARROW, async (page) => {
    await row(page, 'Lake weekend').waitFor();
    assert.match(await row(page, 'Lake weekend').innerText(), /Carol: I booked the boats.*3 unread messages/su);
    assert.match(await row(page, 'Thank you').innerText(), /Draft: Thank you/u);
    assert.match(await row(page, 'Neighbours').innerText(), /Not sent: who has the key/u);
    assert.deepEqual(await page.evaluate(() => gallery.told.unread), [2]);
  });

  story('is moved through by arrows with one tab stop, and Enter opens a chat', 'list', NARROW, async (page) => {
    await row(page, 'Lake weekend').focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowUp');
    assert.equal(await page.locator('button.row[tabindex="0"]').count(), 1);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Bob' }).waitFor();
    assert.equal(await field(page).evaluate((element) => element.matches(':focus')), true);
  });

  story('is filtered by chips, and an empty filter says why', 'list', NARROW, async (page) => {
    await page.getByRole('button', { name: 'Requests' }).click();
    await row(page, 'newcomer').waitFor();
    assert.equal(await page.getByRole('listitem').count(), 1);
    await page.evaluate(() => gallery.api.set({ chats: [] }));
    await page.getByRole('heading', { name: 'No requests' }).waitFor();
  });

  story('is searched, and a full address that is not found can be written to', 'list', NARROW, async (page) => {
    const search = page.getByRole('searchbox');
    await search.fill('bob');
    await page.waitForFunction(() =>
      gallery.api.calls.some(({ name, args }) => name === 'watchChats' && JSON.stringify(args).includes('bob')),
    );
    await row(page, 'Bob').first().waitFor();
    await search.fill('erin@example.org');
    await page.getByRole('button', { name: 'Write to erin@example.org' }).click();
    await page.getByRole('heading', { name: 'erin@example.org', exact: true }).waitFor();
    assert.deepEqual(await asked(page, 'startChat'), [[['erin@example.org']]]);
  });

  story('blocks only after asking', 'list', NARROW, async (page) => {
    await row(page, 'Bob').first().focus();
    await page.keyboard.press('Shift+F10');
    await page.getByRole('menuitem', { name: 'Block' }).click();
    assert.deepEqual(await asked(page, 'blockChat'), []);
    await page.getByRole('dialog').getByRole('button', { name: 'Block' }).click();
    assert.deepEqual(await asked(page, 'blockChat'), [[2, true]]);
  });
});

describe('the composer', { concurrency: 2 }, () => {
  story('sends on Enter, breaks on Shift+Enter and is empty at once', 'direct', NARROW, async (page) => {
    await field(page).click();
    await page.keyboard.type('one');
    await page.keyboard.press('Shift+Enter');
    await page.keyboard.type('two');
    await page.keyboard.press('Enter');
    assert.equal(await field(page).inputValue(), '');
    assert.deepEqual(await asked(page, 'send'), [[{ chatId: 2, text: 'one\ntwo', replyTo: undefined }]]);
    await log(page).getByText('one two').waitFor();
    assert.ok((await asked(page, 'warm')).length > 0);
    assert.ok((await fromEnd(page)) < 2);
  });

  story('does not send what an input method is still composing', 'direct', NARROW, async (page) => {
    await field(page).fill('nihon');
    await field(page).evaluate((element) => {
      element.dispatchEvent(
        new KeyboardEvent('keydown', { key: 'Enter', isComposing: true, bubbles: true, composed: true }),
      );
      element.dispatchEvent(
        new KeyboardEvent('keydown', { key: 'Enter', keyCode: 229, bubbles: true, composed: true }),
      );
    });
    assert.deepEqual(await asked(page, 'send'), []);
  });

  story('sends nothing but spaces never', 'direct', NARROW, async (page) => {
    await field(page).fill('  \n ');
    await page.keyboard.press('Enter');
    assert.deepEqual(await asked(page, 'send'), []);
  });

  story('gives the text back when it could not be made safe', 'direct', NARROW, async (page) => {
    await page.evaluate(() => gallery.api.failNext.set('send', new Error('disk full')));
    await field(page).fill('precious');
    await page.keyboard.press('Enter');
    await page.getByText('Your text is still here').waitFor();
    await fieldHolds(page, 'precious');
  });

  story('keeps a draft per chat, stored when the chat is left', 'direct', NARROW, async (page) => {
    await field(page).fill('half a thou');
    await page.getByRole('button', { name: 'Back to Chats' }).click();
    await page.waitForFunction(() => gallery.api.asked('setDraft').length > 0);
    assert.deepEqual((await asked(page, 'setDraft')).at(-1), [2, { text: 'half a thou', replyTo: undefined }]);
    await row(page, 'Lake weekend').click();
    await page.getByRole('heading', { name: 'Lake weekend' }).waitFor();
    assert.equal(await field(page).inputValue(), '');
    await page.keyboard.press('Alt+ArrowDown');
    await page.getByRole('heading', { name: 'Bob' }).waitFor();
    await page.waitForFunction(() => true);
    await field(page).and(page.locator(':focus')).waitFor();
    await fieldHolds(page, 'half a thou');
  });

  story('puts what is typed before the draft is known below it', 'list', NARROW, async (page) => {
    await page.evaluate(() => {
      gallery.api.getDraft = () =>
        new Promise((resolve) => {
          Object.assign(globalThis, { answer: () => resolve({ text: 'from the other computer', replyTo: undefined }) });
        });
    });
    await row(page, 'Lake weekend').click();
    await field(page).fill('typed at once');
    await page.evaluate(() => (globalThis as unknown as { answer(): void }).answer());
    await fieldHolds(page, 'from the other computer\ntyped at once');
  });

  story('stores the draft when the page is left', 'direct', NARROW, async (page) => {
    await field(page).fill('going away');
    await page.evaluate(() => {
      Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));
    });
    assert.deepEqual((await asked(page, 'setDraft')).at(-1), [2, { text: 'going away', replyTo: undefined }]);
  });

  story('refuses what the mail server would refuse, and says by how much', 'direct', NARROW, async (page) => {
    await page.evaluate(() => gallery.api.setOverview({ limits: { maxMessageBytes: 60_000, maxRecipients: 9 } }));
    await field(page).fill('x'.repeat(100_000));
    await page.getByText(/Too long by 44 kB/u).waitFor();
    await page.keyboard.press('Enter');
    assert.deepEqual(await asked(page, 'send'), []);
    assert.equal((await field(page).inputValue()).length, 100_000);
  });

  story('replies to a message, and Escape takes the reply back', 'direct', NARROW, async (page) => {
    await page.getByRole('article').first().hover();
    await page.getByRole('article').first().getByRole('button', { name: 'Reply' }).click();
    await page.getByText('Reply to Bob').waitFor();
    await field(page).press('Escape');
    assert.equal(await page.getByText('Reply to Bob').count(), 0);
    await page.getByRole('article').first().hover();
    await page.getByRole('article').first().getByRole('button', { name: 'Reply' }).click();
    await page.keyboard.type('yes');
    await page.keyboard.press('Enter');
    const [[line] = []] = await asked(page, 'send');
    assert.match((line as { replyTo: string }).replyTo, /^row-/u);
    assert.equal(await page.getByText('Reply to Bob').count(), 0);
  });

  story('puts an emoji at the caret, found by a word', 'direct', NARROW, async (page) => {
    await field(page).fill('ab');
    await field(page).evaluate((element: HTMLTextAreaElement) => element.setSelectionRange(1, 1));
    await page.getByRole('button', { name: 'Emoji' }).click();
    await page.getByRole('textbox', { name: 'Search emoji' }).and(page.locator(':focus')).waitFor();
    await page.keyboard.type('rocket');
    await page.locator('coi-emoji-picker').getByRole('button', { name: 'rocket', exact: true }).click();
    await fieldHolds(page, 'a🚀b');
    await page.keyboard.press('Escape');
    assert.equal(await field(page).evaluate((element) => element.matches(':focus')), true);
  });
});

describe('keys', { concurrency: 2 }, () => {
  story('typed in chat never reach the page: Delete there moves mail to the trash', 'direct', NARROW, async (page) => {
    await field(page).fill('abc');
    for (const key of ['Delete', 'Backspace', 'ArrowDown', 'Enter', 'F6', 'Escape', 'Alt+ArrowDown', 'a'])
      await page.keyboard.press(key);
    await page.keyboard.press('Shift+F10');
    await page.keyboard.press('Delete');
    assert.deepEqual(await page.evaluate(() => gallery.told.leaked), []);
  });

  story(
    'Escape goes one level back and returns to the row; Escape in the list closes a drawer',
    'direct',
    { query: 'place=drawer' },
    async (page) => {
      await field(page).press('Escape');
      await row(page, 'Bob').and(page.locator(':focus')).waitFor();
      await page.keyboard.press('Escape');
      assert.deepEqual(await page.evaluate(() => gallery.told.events), [['coi-close', null]]);
    },
  );

  story('F6 goes from list to messages to field', 'group', WIDE, async (page) => {
    await field(page).focus();
    await page.keyboard.press('F6');
    await row(page, 'Lake weekend').and(page.locator(':focus')).waitFor();
    await page.keyboard.press('F6');
    await page.locator('coi-message:focus').waitFor();
    await page.keyboard.press('F6');
    await field(page).and(page.locator(':focus')).waitFor();
  });

  story('arrows move over messages, and Enter opens the menu of one', 'group', WIDE, async (page) => {
    await page.getByRole('article').last().focus();
    await page.keyboard.press('ArrowUp');
    assert.match(
      (await page.locator('coi-message:focus').getAttribute('aria-label')) ?? '',
      /^Carol, 09:41, I booked the boats/u,
    );
    await page.keyboard.press('Enter');
    await page.getByRole('menuitem', { name: 'Open original mail' }).press('Enter');
    const opened = await page.evaluate(() => gallery.told.opened);
    assert.equal((opened[0] as { mailbox: string }).mailbox, 'COI/Chats');
  });

  story('the drawer keeps the focus', 'list', { query: 'place=drawer' }, async (page) => {
    await page.getByRole('searchbox').focus();
    for (let press = 0; press < 30; press += 1) {
      await page.keyboard.press('Tab');
      assert.equal(await page.evaluate(() => document.activeElement?.localName), 'coi-chat-app');
    }
  });
});

describe('messages', { concurrency: 2 }, () => {
  story('from strangers are text and nothing else', 'states', NARROW, async (page) => {
    await log(page).getByText('<img src=x onerror=').waitFor();
    assert.equal(await page.title(), 'Gallery');
    const links = await page
      .locator('coi-message a[href]')
      .evaluateAll((all) => all.map((a) => [a.getAttribute('href'), a.getAttribute('rel')]));
    assert.ok(links.length >= 4);
    for (const [href, rel] of links) {
      assert.match(href ?? '', /^(?:https:\/\/example\.org\/|http:\/\/127\.0\.0\.1:\d+\/coi\/a\/x\/part)/u);
      assert.equal(rel, 'noopener noreferrer');
    }
  });

  story('with names made of markup stay names', 'list', NARROW, async (page) => {
    await page.evaluate(() => {
      const evil = { ...gallery.people.bob, name: '<img src=x onerror=alert(1)>', initials: '<b' };
      const one = gallery.people.chat(77, [evil], {
        last: gallery.people.lastLine('<script>alert(1)</script>', Date.now()),
      });
      gallery.api.set({ chats: [one] });
    });
    await row(page, '<img src=x onerror=alert(1)>').waitFor();
    assert.match(await row(page, 'img').innerText(), /<script>alert\(1\)<\/script>/u);
  });

  story('that failed can be tried again or taken back into the field', 'states', NARROW, async (page) => {
    const failed = page.getByRole('article').filter({ hasText: 'Here is the address' });
    await failed.getByText('Not sent: the other mail server does not know this address').waitFor();
    await failed.getByRole('button', { name: 'Retry' }).click();
    assert.deepEqual(await asked(page, 'retry'), [['failed']]);
    await failed.getByRole('button', { name: 'Discard' }).click();
    await page.waitForFunction(() => gallery.api.asked('discard').length === 1);
    await failed.waitFor({ state: 'detached' });
    await fieldHolds(page, 'Here is the address');
  });

  story('of unknown outcome ask before they are sent again', 'states', NARROW, async (page) => {
    const unknown = page.getByRole('article').filter({ hasText: 'The key is under the pot' });
    await unknown.getByText('May not have arrived. Send again?').waitFor();
    assert.deepEqual(await asked(page, 'resend'), []);
    await unknown.getByRole('button', { name: 'Send again' }).click();
    assert.deepEqual(await asked(page, 'resend'), [['unknown']]);
  });

  story('say in words how far they came and what is wrong with them', 'states', NARROW, async (page) => {
    const labels = await page
      .getByRole('article')
      .evaluateAll((all) => all.map((one) => one.getAttribute('aria-label')));
    const ends = [
      'Waiting',
      'On its way',
      'Accepted by the mail server',
      'Read',
      'Not sent',
      'Perhaps not sent',
      'Sender not proven',
    ];
    for (const end of ends)
      assert.ok(
        labels.some((label) => label?.endsWith(`, ${end}`)),
        end,
      );
    for (const text of ['Not in your mailbox', 'Sender not proven', 'This message cannot be opened']) {
      await log(page).getByText(text).first().waitFor();
    }
  });

  story('on the fast lane have no link to a file and no menu bar', 'states', NARROW, async (page) => {
    const lane = page.getByRole('article').filter({ hasText: 'Just now, over the fast lane' });
    assert.equal(await lane.getByText('https://example.org/lane').count(), 1);
    assert.equal(await lane.getByRole('link').count(), 0, 'a link leads somewhere before the mail is there');
    await lane.hover();
    assert.equal(await lane.getByRole('button').count(), 0);
  });

  story('that were folded show everything when asked', 'states', NARROW, async (page) => {
    const folded = page.getByRole('article').filter({ hasText: 'Then the jetty it is.' });
    await folded.getByRole('button', { name: 'Show full message' }).click();
    await folded.getByText('Carol, chair of the rowing club').waitFor();
    await folded.getByRole('button', { name: 'Show less' }).click();
    assert.equal(await folded.getByText('Carol, chair').count(), 0);
  });

  story('of 100,000 characters are cut until asked for', 'direct', NARROW, async (page) => {
    await page.evaluate(() =>
      gallery.api.addRow(2 as never, gallery.people.row({ text: `long ${'x'.repeat(100_000)}`, at: Date.now() })),
    );
    const long = page.getByRole('article').last();
    await long.getByRole('button', { name: 'Show full message' }).waitFor();
    assert.ok((await long.innerText()).length < 5000);
  });
});

describe('consent', { concurrency: 2 }, () => {
  story('asks once, with “out of the inbox” chosen and what would move', 'consent', NARROW, async (page) => {
    assert.ok(await page.getByRole('radio', { name: /Keep out of the inbox/u }).isChecked());
    await page.getByText('37 chat mails that are already there move now.').waitFor();
    await page.getByRole('radio', { name: /Leave in the inbox/u }).check();
    await page.getByText('No mail moves now.').waitFor();
    await page.getByRole('radio', { name: /Keep out of the inbox/u }).check();
    await page.getByRole('button', { name: 'Start', exact: true }).click();
    assert.deepEqual(await asked(page, 'setMode'), [['active']]);
    await row(page, 'Lake weekend').waitFor();
  });

  story('put off leaves chats to read, nothing to write and nothing done', 'consent', NARROW, async (page) => {
    await page.getByRole('button', { name: 'Not now' }).click();
    await page.getByText('Chat is read-only.').waitFor();
    await row(page, 'Bob').first().click();
    await page.getByText('Choose first where chats live').waitFor();
    assert.equal(await field(page).count(), 0);
    for (const call of ['setMode', 'send', 'markRead', 'setDraft', 'blockChat'])
      assert.deepEqual(await asked(page, call), [], call);
    await page.getByRole('button', { name: 'Choose' }).last().click();
    await page.getByRole('heading', { name: 'Where should chats live?' }).waitFor();
  });

  story('offers no move where the mail server cannot move', 'consent-fixed', NARROW, async (page) => {
    await page.getByText('Your mail server cannot move mail').waitFor();
    assert.ok(await page.getByRole('radio', { name: /Keep out of the inbox/u }).isDisabled());
    assert.ok(await page.getByRole('radio', { name: /Leave in the inbox/u }).isChecked());
  });
});

describe('a new chat', { concurrency: 2 }, () => {
  story('says in words what is wrong with an address', 'list', NARROW, async (page) => {
    await page.getByRole('button', { name: 'New chat' }).click();
    const to = page.getByRole('combobox');
    for (const [typed, words] of [
      ['', 'Enter an e-mail address first'],
      ['bob', 'An e-mail address has an @'],
      ['bob@example', 'not complete'],
      ['alice@example.org', 'your own address'],
    ] as const) {
      await to.fill(typed);
      await page.getByRole('button', { name: 'Start chat' }).click();
      await page.getByText(words).waitFor();
    }
    assert.deepEqual(await asked(page, 'startChat'), []);
  });

  story('finds people in the address book of the webmail', 'list', NARROW, async (page) => {
    await page.getByRole('button', { name: 'New chat' }).click();
    await page.getByRole('combobox').fill('do');
    await page.getByRole('option', { name: 'Dora <b>Bold</b>' }).waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'dora@example.org', exact: true }).waitFor();
    assert.deepEqual(await asked(page, 'startChat'), [[['dora@example.org']]]);
  });
});

describe('the panel', { concurrency: 2 }, () => {
  story('shows list and conversation side by side from 640 px', 'direct', { width: 700, height: 600 }, async (page) => {
    await field(page).waitFor();
    assert.ok(await row(page, 'Lake weekend').isVisible());
    assert.equal(await page.getByRole('button', { name: 'Back to Chats' }).count(), 0);
    await page.setViewportSize({ width: 600, height: 600 });
    await page.getByRole('button', { name: 'Back to Chats' }).waitFor();
    assert.equal(await row(page, 'Lake weekend').isVisible(), false);
  });

  story('signs out after asking, and removes everything if wanted', 'offline', NARROW, async (page) => {
    await page.getByRole('button', { name: 'Back to Chats' }).click();
    await page.getByRole('button', { name: 'Settings' }).click();
    await page.getByRole('button', { name: 'Sign out of chat' }).click();
    await page.getByText('2 messages have not been sent yet.').waitFor();
    await page.getByRole('checkbox').check();
    await page.getByRole('dialog').getByRole('button', { name: 'Sign out of chat' }).click();
    await page.getByRole('heading', { name: 'You are signed out' }).waitFor();
    assert.deepEqual(await asked(page, 'signOut'), [[true]]);
    assert.deepEqual(await page.evaluate(() => gallery.told.events), [['coi-signed-out', { wiped: true }]]);
  });

  story('speaks German', 'group', { query: 'lang=de' }, async (page) => {
    await page.getByRole('textbox', { name: 'Nachricht' }).waitFor();
    await page.getByText('Heute').waitFor();
    assert.equal(await page.getByPlaceholder('Chatnachricht').count(), 1);
  });

  story(
    'loses nothing at 320 px and 200 % text',
    'group',
    { width: 320, height: 700, query: 'text=200' },
    async (page) => {
      await field(page).waitFor();
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.equal(wide, 320);
      const overflow = await log(page).evaluate((box) => box.scrollWidth - box.clientWidth);
      assert.equal(overflow, 0);
    },
  );
});

test('no scene makes the browser complain, under a CSP without inline styles or scripts', async () => {
  for (const scene of [
    'list',
    'states',
    'delivery',
    'consent',
    'signed-out',
    'engine-down',
    'loading',
    'blocked',
    'legacy',
  ]) {
    const page = await stage.browser.open(scene, { query: 'theme=dark&lang=de&dir=rtl' });
    await page.close();
  }
  assert.deepEqual(stage.browser.complaints, []);
});
