/**
 * Every request of the wire: name -> {params, result}. Client and engine types derive from this table.
 */
import type * as v from 'valibot';
import { consentPreview, modeSet, storageGet, storagePut } from './method/account.ts';
import { hello } from './method/hello.ts';
import { mailboxDecide, mailboxOrder, mailboxSync, messageFetch, messageFlag } from './method/mailbox.ts';
import { messageSubmit, submitCancel, submitWarm } from './method/submit.ts';

export const METHODS = {
  hello,
  'mailbox.sync': mailboxSync,
  'mailbox.order': mailboxOrder,
  'mailbox.decide': mailboxDecide,
  'message.fetch': messageFetch,
  'message.flag': messageFlag,
  'message.submit': messageSubmit,
  'submit.cancel': submitCancel,
  'submit.warm': submitWarm,
  'consent.preview': consentPreview,
  'mode.set': modeSet,
  'storage.get': storageGet,
  'storage.put': storagePut,
} as const;

export type Method = keyof typeof METHODS;
export type Params<M extends Method> = v.InferOutput<(typeof METHODS)[M]['params']>;
export type Result<M extends Method> = v.InferOutput<(typeof METHODS)[M]['result']>;
