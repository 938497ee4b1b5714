/** Method -> handler. `hello` is the server's. */
import { consentPreview } from './consent-preview.ts';
import type { AccountMethod, Handler } from './handler.ts';
import { mailboxDecide } from './mailbox-decide.ts';
import { mailboxSync } from './mailbox-sync.ts';
import { mailboxOrder } from './mailbox-order.ts';
import { messageFetch } from './message-fetch.ts';
import { messageFlag } from './message-flag.ts';
import { messageSubmit } from './message-submit.ts';
import { modeSet } from './mode-set.ts';
import { storageGet } from './storage-get.ts';
import { storagePut } from './storage-put.ts';
import { submitCancel } from './submit-cancel.ts';
import { submitWarm } from './submit-warm.ts';

export const HANDLERS: { readonly [M in AccountMethod]: Handler<M> } = {
  'mailbox.sync': mailboxSync,
  'mailbox.decide': mailboxDecide,
  'mailbox.order': mailboxOrder,
  'message.fetch': messageFetch,
  'message.flag': messageFlag,
  'message.submit': messageSubmit,
  'submit.cancel': submitCancel,
  'submit.warm': submitWarm,
  'consent.preview': consentPreview,
  'mode.set': modeSet,
  'storage.get': storageGet,
  'storage.put': storagePut,
};
