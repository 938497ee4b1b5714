/** The account's own settings: consent, filing mode, and small documents kept in COI/Contacts. */
import * as v from 'valibot';
import { filingMode } from '../value.ts';

/** What a consent would do; reads only. */
export const consentPreview = {
  params: v.object({}),
  result: v.object({
    /** Chat mails now in the inbox and sent mailbox that `active` would move. */
    chatMailCount: v.number(),
    /** The server files by itself (capability COI). */
    coiServer: v.boolean(),
    /** MOVE is missing: only `none` is possible. */
    canMove: v.boolean(),
  }),
};

/** The user's consent, or a change of mode. Creates COI/Chats, COI/Contacts, COI/Blocked and starts filing. */
export const modeSet = { params: v.object({ mode: filingMode }), result: v.object({}) };

/** Kinds of storage message that clients own. Engine-owned ones (`settings`, `filing`) are not reachable here. */
export const storageKind = v.picklist(['chats', 'drafts', 'preferences']);
export type StorageKind = v.InferOutput<typeof storageKind>;

/** One JSON document, at most 256 kB, in a storage message `Chat-Content: org.coi-webmail.<kind>`. */
export const storageGet = {
  params: v.object({ kind: storageKind }),
  result: v.object({ revision: v.string(), document: v.nullable(v.string()) }),
};

/** Replaces the document. @throws `conflict` when `ifRevision` is no longer the newest; `permission-denied` before consent. */
export const storagePut = {
  params: v.object({ kind: storageKind, document: v.pipe(v.string(), v.maxLength(262_144)), ifRevision: v.string() }),
  result: v.object({ revision: v.string() }),
};
