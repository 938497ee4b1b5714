/**
 * Every sentence on the screen, once. English stands here, German in `de.ts` under the same id; `words.test.ts`
 * compares the two. Plain and short; says what happened and what to do.
 */
import { msg, str } from '@lit/localize';
import type { DeliveryReason } from '@coi-webmail/chat';
import { formatCount, isOne } from './format.ts';

export const words = {
  // List
  chats: () => msg('Chats', { id: 'chats' }),
  newChat: () => msg('New chat', { id: 'new-chat' }),
  settings: () => msg('Settings', { id: 'settings' }),
  menu: () => msg('Menu', { id: 'menu' }),
  close: () => msg('Close', { id: 'close' }),
  openChat: () => msg('Open', { id: 'open-chat' }),
  closeChat: () => msg('Close chat', { id: 'close-chat' }),
  cancel: () => msg('Cancel', { id: 'cancel' }),
  back: (to: string) => msg(str`Back to ${to}`, { id: 'back' }),
  searchPlaceholder: () => msg('Search chats and people', { id: 'search-placeholder' }),
  clearSearch: () => msg('Clear search', { id: 'clear-search' }),
  filters: () => msg('Filter', { id: 'filters' }),
  filterAll: () => msg('All', { id: 'filter-all' }),
  filterUnread: () => msg('Unread', { id: 'filter-unread' }),
  filterGroups: () => msg('Groups', { id: 'filter-groups' }),
  filterRequests: () => msg('Requests', { id: 'filter-requests' }),
  loadingChats: () => msg('Chats are loading', { id: 'loading-chats' }),
  rowMenu: (name: string) => msg(str`Menu for ${name}`, { id: 'row-menu' }),
  you: () => msg('You', { id: 'you' }),
  lastOwn: (text: string) => msg(str`You: ${text}`, { id: 'last-own' }),
  lastOf: (name: string, text: string) => msg(str`${name}: ${text}`, { id: 'last-of' }),
  draft: () => msg('Draft:', { id: 'draft' }),
  notSent: () => msg('Not sent:', { id: 'not-sent' }),
  maybeNotSent: () => msg('Perhaps not sent:', { id: 'maybe-not-sent' }),
  request: () => msg('Request', { id: 'request' }),
  blocked: () => msg('Blocked', { id: 'blocked' }),
  muted: () => msg('Muted', { id: 'muted' }),
  pinned: () => msg('Pinned', { id: 'pinned' }),
  usesMail: () => msg('Uses ordinary e-mail', { id: 'uses-mail' }),
  cannotRead: () => msg('This message cannot be read', { id: 'cannot-read' }),
  unreadCount: (count: number) =>
    isOne(count)
      ? msg(str`${formatCount(count)} unread message`, { id: 'unread-one' })
      : msg(str`${formatCount(count)} unread messages`, { id: 'unread-many' }),

  // Empty states
  noChatsTitle: () => msg('Chat with anyone who has an e-mail address', { id: 'no-chats-title' }),
  noChatsText: () => msg('Your chats stay in your mailbox.', { id: 'no-chats-text' }),
  startChat: () => msg('Start chat', { id: 'start-chat' }),
  noUnreadTitle: () => msg('All read', { id: 'no-unread-title' }),
  noUnreadText: () => msg('New messages show up here.', { id: 'no-unread-text' }),
  showAll: () => msg('Show all chats', { id: 'show-all' }),
  noGroupsTitle: () => msg('No groups yet', { id: 'no-groups-title' }),
  noGroupsText: () => msg('A group works with chat and with ordinary e-mail.', { id: 'no-groups-text' }),
  noRequestsTitle: () => msg('No requests', { id: 'no-requests-title' }),
  noRequestsText: () =>
    msg('People you do not know wait here. They make no sound and do not see that you read them.', {
      id: 'no-requests-text',
    }),
  nothingFoundTitle: () => msg('Nothing in chats', { id: 'nothing-found-title' }),
  nothingFoundText: (search: string) => msg(str`No person and no chat with “${search}”.`, { id: 'nothing-found-text' }),
  writeTo: (address: string) => msg(str`Write to ${address}`, { id: 'write-to' }),
  chooseTitle: () => msg('Choose a chat', { id: 'choose-title' }),
  chooseText: () => msg('Alt + ↓ goes to the next one, F6 from list to conversation.', { id: 'choose-text' }),
  emptyMailTitle: (name: string) => msg(str`${name} uses ordinary e-mail`, { id: 'empty-mail-title' }),
  emptyMailText: (name: string) =>
    msg(str`${name} gets one e-mail per message and can answer from any mail program.`, { id: 'empty-mail-text' }),
  emptyChatTitle: () => msg('No messages yet', { id: 'empty-chat-title' }),
  emptyChatText: () => msg('What you write here lies in your mailbox and in theirs.', { id: 'empty-chat-text' }),
  signedOutTitle: () => msg('You are signed out', { id: 'signed-out-title' }),
  signedOutText: () =>
    msg('Sign in to see your chats. They are locked in this browser until then.', { id: 'signed-out-text' }),
  signIn: () => msg('Sign in', { id: 'sign-in' }),
  goneTitle: () => msg('This chat is gone', { id: 'gone-title' }),
  goneText: () => msg('Its messages are no longer in your mailbox.', { id: 'gone-text' }),
  connectFailedTitle: () => msg('Chat could not start', { id: 'connect-failed-title' }),
  connectFailedText: () =>
    msg('Reload the page. If it stays so, tell your administrator.', { id: 'connect-failed-text' }),

  // Banners
  offline: () => msg('No connection.', { id: 'offline' }),
  offlineText: () => msg('What you write is sent later.', { id: 'offline-text' }),
  offlineQueued: (count: number) =>
    isOne(count)
      ? msg('1 message waits and goes out by itself.', { id: 'offline-queued-one' })
      : msg(str`${formatCount(count)} messages wait and go out by themselves.`, { id: 'offline-queued-many' }),
  engineDown: () => msg('Chat cannot be reached.', { id: 'engine-down' }),
  engineDownText: () => msg('You can read what is here.', { id: 'engine-down-text' }),
  nextTry: (seconds: number) => msg(str`Next try in ${formatCount(seconds)} s.`, { id: 'next-try' }),
  mailDown: () => msg('The mail server does not answer.', { id: 'mail-down' }),
  mailDownText: () => msg('Chat waits and tries again by itself.', { id: 'mail-down-text' }),
  passwordChanged: () => msg('Your password has changed.', { id: 'password-changed' }),
  passwordChangedText: () => msg('Sign in again to go on.', { id: 'password-changed-text' }),
  overQuota: () => msg('Your mailbox is full.', { id: 'over-quota' }),
  overQuotaText: () => msg('You cannot receive or send until there is room.', { id: 'over-quota-text' }),
  version: () => msg('Chat was updated.', { id: 'version' }),
  versionText: () => msg('Reload the page to go on. Drafts are kept.', { id: 'version-text' }),
  reload: () => msg('Reload', { id: 'reload' }),
  storageFull: () => msg('This browser has no room left.', { id: 'storage-full' }),
  storageFullText: () => msg('Chats work, but load again each time.', { id: 'storage-full-text' }),
  storageMemory: () => msg('This browser keeps nothing.', { id: 'storage-memory' }),
  storageMemoryText: () =>
    msg('In a private window, messages that wait are lost when you close it.', { id: 'storage-memory-text' }),
  notSetUp: () => msg('Chat is read-only.', { id: 'not-set-up' }),
  notSetUpText: () =>
    msg('Nothing in your mailbox changes until you choose where chats live.', { id: 'not-set-up-text' }),
  setUp: () => msg('Choose', { id: 'set-up' }),
  connecting: () => msg('Connecting…', { id: 'connecting' }),
  syncing: (percent: number) => msg(str`Chats are loading, ${formatCount(percent)} %`, { id: 'syncing' }),

  // Conversation
  conversationWith: (name: string) => msg(str`Conversation with ${name}`, { id: 'conversation-with' }),
  messagesWith: (name: string) => msg(str`Messages with ${name}`, { id: 'messages-with' }),
  truthMail: () => msg('Ordinary e-mail: one mail per message', { id: 'truth-mail' }),
  truthChat: () => msg('Chat, not encrypted', { id: 'truth-chat' }),
  truthGroup: (names: string) => msg(str`${names} and you`, { id: 'truth-group' }),
  truthRequest: () => msg('You have not written to each other', { id: 'truth-request' }),
  truthBlocked: () => msg('Blocked: nothing new reaches you', { id: 'truth-blocked' }),
  today: () => msg('Today', { id: 'today' }),
  yesterday: () => msg('Yesterday', { id: 'yesterday' }),
  newMessages: () => msg('New', { id: 'new-messages' }),
  jumpNewest: () => msg('Jump to the newest message', { id: 'jump-newest' }),
  jumpNewestCount: (count: number) =>
    isOne(count)
      ? msg('Jump to 1 new message', { id: 'jump-newest-one' })
      : msg(str`Jump to ${formatCount(count)} new messages`, { id: 'jump-newest-many' }),
  loadingOlder: () => msg('Earlier messages are loading', { id: 'loading-older' }),
  scrollForOlder: () => msg('Scroll up for older', { id: 'scroll-for-older' }),
  loadingConversation: () => msg('The conversation is loading', { id: 'loading-conversation' }),
  newFrom: (name: string, text: string) => msg(str`${name}: ${text}`, { id: 'new-from' }),
  newBurst: (count: number) => msg(str`${formatCount(count)} new messages`, { id: 'new-burst' }),

  // Message
  summary: (sender: string, time: string, text: string, mark: string) =>
    msg(str`${sender}, ${time}, ${text}, ${mark}`, { id: 'summary' }),
  queued: () => msg('Waiting', { id: 'mark-queued' }),
  sending: () => msg('On its way', { id: 'mark-sending' }),
  sent: () => msg('Accepted by the mail server', { id: 'mark-sent' }),
  read: () => msg('Read', { id: 'mark-read' }),
  failed: () => msg('Not sent', { id: 'mark-failed' }),
  unknown: () => msg('Perhaps not sent', { id: 'mark-unknown' }),
  unread: () => msg('unread', { id: 'unread' }),
  failedBecause: (reason: string) => msg(str`Not sent: ${reason}`, { id: 'failed-because' }),
  waitsBecause: (reason: string) => msg(str`Waiting: ${reason}`, { id: 'waits-because' }),
  unknownQuestion: () => msg('May not have arrived. Send again?', { id: 'unknown-question' }),
  sendAgain: () => msg('Send again', { id: 'send-again' }),
  retry: () => msg('Retry', { id: 'retry' }),
  discard: () => msg('Discard', { id: 'discard' }),
  held: () => msg('Held for a few seconds', { id: 'held' }),
  heldHint: () => msg('It goes out in a few seconds. Ctrl + Z takes it back.', { id: 'held-hint' }),
  sendingIn: (seconds: number) => msg(str`Sending in ${formatCount(seconds)} s`, { id: 'sending-in' }),
  undo: () => msg('Undo', { id: 'undo' }),
  sendNow: () => msg('Send now', { id: 'send-now' }),
  doneOf: (done: string, total: string) => msg(str`${done} of ${total}`, { id: 'done-of' }),
  notToAll: (count: number, total: number) =>
    msg(str`Did not reach ${formatCount(count)} of ${formatCount(total)}`, { id: 'not-to-all' }),
  moreRefused: (count: number) => msg(str`${formatCount(count)} more`, { id: 'more-refused' }),
  retryForThem: () => msg('Try again for them', { id: 'retry-for-them' }),
  leaveIt: () => msg('Leave it', { id: 'leave-it' }),
  cameBack: () => msg('It came back: the other mail server could not deliver it.', { id: 'came-back' }),
  writeAgain: () => msg('Write again', { id: 'write-again' }),
  tooOldQuestion: () => msg('This has waited for days. Send it if it still matters.', { id: 'too-old-question' }),
  notInMailbox: () => msg('Not in your mailbox. The mail server never filed it.', { id: 'not-in-mailbox' }),
  arriving: () => msg('Arriving', { id: 'arriving' }),
  notProven: () => msg('Sender not proven', { id: 'not-proven' }),
  notProvenText: (address: string) =>
    msg(str`This says it is from ${address}, but nothing proves it.`, { id: 'not-proven-text' }),
  collision: () => msg('Another message claims to be this one', { id: 'collision' }),
  showFull: () => msg('Show full message', { id: 'show-full' }),
  showLess: () => msg('Show less', { id: 'show-less' }),
  fullFailed: () => msg('The full message could not be loaded', { id: 'full-failed' }),
  openMail: () => msg('Open mail', { id: 'open-mail' }),
  openOriginal: () => msg('Open original mail', { id: 'open-original' }),
  continueAsMail: () => msg('Continue as mail', { id: 'continue-as-mail' }),
  noSubject: () => msg('No subject', { id: 'no-subject' }),
  reply: () => msg('Reply', { id: 'reply' }),
  replyTo: (name: string) => msg(str`Reply to ${name}`, { id: 'reply-to' }),
  replyToYourself: () => msg('Reply to yourself', { id: 'reply-to-yourself' }),
  cancelReply: () => msg('Do not reply to this message', { id: 'cancel-reply' }),
  copy: () => msg('Copy', { id: 'copy' }),
  copied: () => msg('Copied', { id: 'copied' }),
  copyFailed: () => msg('The browser did not allow copying', { id: 'copy-failed' }),
  more: () => msg('More', { id: 'more' }),
  quoteOf: (name: string) => msg(str`In reply to ${name}`, { id: 'quote-of' }),
  download: (name: string) => msg(str`Download ${name}`, { id: 'download' }),
  attachment: () => msg('Attachment', { id: 'attachment' }),
  details: (detail: string) => msg(str`Details: ${detail}`, { id: 'details' }),
  unreadableTitle: () => msg('This message cannot be opened', { id: 'unreadable-title' }),
  unreadableEncrypted: () =>
    msg('It is encrypted, and this version cannot decrypt yet.', { id: 'unreadable-encrypted' }),
  emptyTitle: () => msg('Empty message', { id: 'empty-title' }),
  unreadableEmpty: () => msg('This mail has nothing in it that can be shown.', { id: 'unreadable-empty' }),
  htmlUnread: () =>
    msg('Its formatted text could not be read just now. “Show full message” tries again.', { id: 'html-unread' }),
  unreadableMalformed: () => msg('It is damaged.', { id: 'unreadable-malformed' }),
  unreadableTooDeep: () => msg('It is built in a way that we do not open, for safety.', { id: 'unreadable-too-deep' }),

  // Composer
  message: () => msg('Message', { id: 'message' }),
  chatMessage: () => msg('Chat message', { id: 'chat-message' }),
  mailTo: (name: string) => msg(str`E-mail to ${name}`, { id: 'mail-to' }),
  fateChat: () => msg('Goes as a chat message, not encrypted', { id: 'fate-chat' }),
  fateMail: (name: string) => msg(str`${name} gets this as an e-mail`, { id: 'fate-mail' }),
  fateMixed: () => msg('Goes as chat; some people here get it as an e-mail', { id: 'fate-mixed' }),
  fateQueue: () => msg('Waiting for connection. It is sent as soon as possible.', { id: 'fate-queue' }),
  send: () => msg('Send', { id: 'send' }),
  emoji: () => msg('Emoji', { id: 'emoji' }),
  tooLong: (over: string) => msg(str`Too long by ${over}. Shorten it or send it in parts.`, { id: 'too-long' }),
  sizeOf: (used: string, limit: string) => msg(str`${used} of ${limit}`, { id: 'size-of' }),
  sendFailed: () => msg('This could not be sent. Your text is still here.', { id: 'send-failed' }),
  sendTooLarge: () =>
    msg('This is larger than the mail server takes. Your text is still here.', { id: 'send-too-large' }),
  readOnly: () => msg('Choose first where chats live', { id: 'read-only' }),
  blockedComposer: () => msg('You have blocked this chat', { id: 'blocked-composer' }),
  unblock: () => msg('Unblock', { id: 'unblock' }),

  // Emoji picker
  searchEmoji: () => msg('Search emoji', { id: 'search-emoji' }),
  recentEmoji: () => msg('Recent', { id: 'emoji-recent' }),
  emojiGroup: (at: number) =>
    [
      msg('Smileys and people', { id: 'emoji-0' }),
      msg('Animals and nature', { id: 'emoji-1' }),
      msg('Food and drink', { id: 'emoji-2' }),
      msg('Activities', { id: 'emoji-3' }),
      msg('Travel and places', { id: 'emoji-4' }),
      msg('Objects', { id: 'emoji-5' }),
      msg('Symbols', { id: 'emoji-6' }),
      msg('Flags', { id: 'emoji-7' }),
    ][at] ?? '',
  noEmoji: () => msg('No emoji found', { id: 'no-emoji' }),

  // Requests and blocking
  requestTitle: (name: string) => msg(str`Chat with ${name}?`, { id: 'request-title' }),
  requestUnseen: () => msg('They do not see that you read this', { id: 'request-unseen' }),
  requestUnknown: () => msg('You have never written to this address', { id: 'request-unknown' }),
  accept: () => msg('Accept', { id: 'accept' }),
  block: () => msg('Block', { id: 'block' }),
  blockTitle: (name: string) => msg(str`Block ${name}?`, { id: 'block-title' }),
  blockText: () =>
    msg('New messages from this address are put away without notice. They are not told. You can unblock at any time.', {
      id: 'block-text',
    }),

  // New chat
  newChatLabel: () => msg('Who do you want to write to?', { id: 'new-chat-label' }),
  addressPlaceholder: () => msg('Name or e-mail address', { id: 'address-placeholder' }),
  remove: (name: string) => msg(str`Remove ${name}`, { id: 'remove' }),
  recentChats: () => msg('Recent chats', { id: 'recent-chats' }),
  addressBook: () => msg('Address book', { id: 'address-book' }),
  anyAddress: () => msg('Any e-mail address', { id: 'any-address' }),
  typeAddress: () =>
    msg('Type an e-mail address. The person needs no chat, ordinary e-mail is enough.', { id: 'type-address' }),
  addressMissing: () => msg('Enter an e-mail address first', { id: 'address-missing' }),
  addressNoAt: () => msg('An e-mail address has an @, like name@example.org', { id: 'address-no-at' }),
  addressNoDomain: () => msg('The part after the @ is not complete, like example.org', { id: 'address-no-domain' }),
  addressBad: () => msg('This is not an e-mail address', { id: 'address-bad' }),
  addressOwn: () => msg('This is your own address', { id: 'address-own' }),
  addressTwice: () => msg('This person is already in the list', { id: 'address-twice' }),
  tooManyPeople: (limit: number) =>
    msg(str`Your provider allows ${formatCount(limit)} people in one message`, { id: 'too-many-people' }),
  startFailed: () => msg('This chat could not be started', { id: 'start-failed' }),

  // Consent and settings
  consentTitle: () => msg('Where should chats live?', { id: 'consent-title' }),
  consentText: () =>
    msg('Chats live in your mailbox. You can change this at any time, and until you choose nothing changes there.', {
      id: 'consent-text',
    }),
  modeActive: () => msg('Keep out of the inbox', { id: 'mode-active' }),
  modeActiveText: () =>
    msg('Chats move to a folder of their own, COI/Chats. Other mail apps find them there.', { id: 'mode-active-text' }),
  modeActiveServerText: () =>
    msg('Your mail server files chats in a folder of their own, COI/Chats. Other mail apps find them there.', {
      id: 'mode-active-server-text',
    }),
  modeNone: () => msg('Leave in the inbox', { id: 'mode-none' }),
  modeNoneText: () =>
    msg('Other mail apps show every chat message as a mail. In this webmail the list hides them.', {
      id: 'mode-none-text',
    }),
  modeNoneAloneText: () =>
    msg('Mail apps and webmail show every chat message as a mail.', { id: 'mode-none-alone-text' }),
  modeCannotMove: () =>
    msg('Your mail server cannot move mail, so this is not possible here.', { id: 'mode-cannot-move' }),
  wouldMove: (count: number) =>
    count === 0
      ? msg('No mail moves now.', { id: 'would-move-none' })
      : isOne(count)
        ? msg('1 chat mail that is already there moves now.', { id: 'would-move-one' })
        : msg(str`${formatCount(count)} chat mails that are already there move now.`, { id: 'would-move-many' }),
  counting: () => msg('Counting the chat mails in your mailbox…', { id: 'counting' }),
  countFailed: () => msg('How many mails would move could not be counted just now.', { id: 'count-failed' }),
  notNow: () => msg('Not now', { id: 'not-now' }),
  start: () => msg('Start', { id: 'start' }),
  modeFailed: () => msg('This could not be changed. Try again in a moment.', { id: 'mode-failed' }),
  whereChatsLive: () => msg('Where chats live', { id: 'where-chats-live' }),
  sendingTitle: () => msg('Sending', { id: 'sending-title' }),
  undoSwitch: () => msg('Undo sending to mail contacts', { id: 'undo-switch' }),
  undoSwitchText: () =>
    msg('Messages to people with ordinary e-mail wait 5 seconds. Until then you can take them back.', {
      id: 'undo-switch-text',
    }),
  thisBrowser: () => msg('This browser', { id: 'this-browser' }),
  storedDurable: () => msg('Keeps your chats, drafts and messages that wait.', { id: 'stored-durable' }),
  storedEvictable: () =>
    msg(
      'Keeps your chats, but may clear them when it runs out of room. They come back from your mailbox; what was never sent would be lost.',
      { id: 'stored-evictable' },
    ),
  storedMemory: () =>
    msg('Keeps nothing. Chats load again each time, and messages that wait are lost when you close it.', {
      id: 'stored-memory',
    }),
  storedFull: () => msg('Has no room left. Chats work, but load again each time.', { id: 'stored-full' }),
  lockedItems: (count: number) =>
    isOne(count)
      ? msg('1 draft or message that waits cannot be opened: it was locked with another key of this service.', {
          id: 'locked-items-one',
        })
      : msg(
          str`${formatCount(count)} drafts or messages that wait cannot be opened: they were locked with another key of this service.`,
          { id: 'locked-items-many' },
        ),
  account: () => msg('Account', { id: 'account' }),
  signedInAs: (address: string) => msg(str`Signed in as ${address}`, { id: 'signed-in-as' }),
  signOut: () => msg('Sign out of chat', { id: 'sign-out' }),
  signOutTitle: () => msg('Sign out of chat?', { id: 'sign-out-title' }),
  signOutText: () => msg('Your chats stay in your mailbox. In this browser they are locked.', { id: 'sign-out-text' }),
  signOutQueued: (count: number) =>
    isOne(count)
      ? msg('1 message has not been sent yet.', { id: 'sign-out-queued-one' })
      : msg(str`${formatCount(count)} messages have not been sent yet.`, { id: 'sign-out-queued-many' }),
  wipe: () => msg('Also remove my chats from this browser', { id: 'wipe' }),
  wipeText: () => msg('Use this on a computer that others use too. Messages that wait are lost.', { id: 'wipe-text' }),
  sharedText: () => msg('This is a shared computer: your chats are removed from this browser.', { id: 'shared-text' }),
  keyboard: () => msg('Keyboard', { id: 'keyboard' }),
  keyEnter: () => msg('Send', { id: 'key-enter' }),
  keyShiftEnter: () => msg('New line', { id: 'key-shift-enter' }),
  keyNext: () => msg('Next or previous chat', { id: 'key-next' }),
  keyRegion: () => msg('From list to conversation to message field', { id: 'key-region' }),
  keyEscape: () => msg('One level back', { id: 'key-escape' }),
  keyArrows: () => msg('Move in the list and over messages', { id: 'key-arrows' }),
  keyUndo: () => msg('In an empty field: take back what is about to be sent', { id: 'key-undo' }),
  keyMenu: () => msg('Menu of a message', { id: 'key-menu' }),

  // App
  chat: () => msg('Chat', { id: 'chat' }),
  panelWidth: () => msg('Width of the chat panel', { id: 'panel-width' }),
  failedTryAgain: () => msg('That did not work. Try again in a moment.', { id: 'failed-try-again' }),
  tooLate: () => msg('It is too late: the message is on its way.', { id: 'too-late' }),
  discarded: () => msg('Discarded. The text is back in the field.', { id: 'discarded' }),
  takenBack: () => msg('Not sent. The text is back in the field.', { id: 'taken-back' }),
  signedOutNow: () => msg('Signed out', { id: 'signed-out-now' }),

  // Standalone page
  productTitle: () => msg('Chat over e-mail', { id: 'product-title' }),
  productText: () => msg('Sign in with your e-mail address. Your chats live in your mailbox.', { id: 'product-text' }),
  address: () => msg('E-mail address', { id: 'address' }),
  password: () => msg('Password', { id: 'password' }),
  sharedComputer: () => msg('This is a shared computer', { id: 'shared-computer' }),
  sharedComputerText: () => msg('When you sign out, nothing is left in this browser.', { id: 'shared-computer-text' }),
  signingIn: () => msg('Signing in…', { id: 'signing-in' }),
  passwordMissing: () => msg('Enter your password', { id: 'password-missing' }),
  signInWrong: () => msg('Address or password is not right', { id: 'sign-in-wrong' }),
  signInDomain: () => msg('This address does not belong to a mail server of this service', { id: 'sign-in-domain' }),
  signInThrottled: () => msg('Too many tries. Wait a minute, then try again.', { id: 'sign-in-throttled' }),
  signInMailDown: () => msg('The mail server does not answer. Try again in a moment.', { id: 'sign-in-mail-down' }),
  signInUnreachable: () =>
    msg('The chat service cannot be reached. Check your connection.', { id: 'sign-in-unreachable' }),
} as const;

/** A reason as the second half of "Not sent: …" or "Waiting: …". */
export function reasonWords(reason: DeliveryReason): string {
  switch (reason) {
    case 'offline':
      return msg('no connection', { id: 'reason-offline' });
    case 'engine-unreachable':
      return msg('chat cannot be reached', { id: 'reason-engine-unreachable' });
    case 'mail-server-down':
      return msg('the mail server does not answer', { id: 'reason-mail-server-down' });
    case 'recipient-unknown':
      return msg('the other mail server does not know this address', { id: 'reason-recipient-unknown' });
    case 'recipient-full':
      return msg('the other mailbox is full', { id: 'reason-recipient-full' });
    case 'refused':
      return msg('the mail server refused it', { id: 'reason-refused' });
    case 'too-large':
      return msg('it is too large', { id: 'reason-too-large' });
    case 'limit-reached':
      return msg('your provider’s sending limit is reached', { id: 'reason-limit-reached' });
    case 'sender-refused':
      return msg('the mail server does not let you send from this address', { id: 'reason-sender-refused' });
    case 'signed-out':
      return msg('you are signed out', { id: 'reason-signed-out' });
    case 'bounced':
      return msg('it came back', { id: 'reason-bounced' });
    case 'delayed':
      return msg('the other mail server is slow, it is still trying', { id: 'reason-delayed' });
    case 'too-old':
      return msg('it has waited for days; send it if it still matters', { id: 'reason-too-old' });
    case 'unknown-outcome':
      return msg('the mail server did not say whether it took it', { id: 'reason-unknown-outcome' });
  }
}
