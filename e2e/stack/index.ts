/** The door of the stack for tests and benches of other workspaces. */
export { type AttachedStack, attachStack, type StackInfo } from './info.ts';
export { at, chosenServer, lacks, needs } from './chosen-server.ts';
export type { DotFault } from './fault.ts';
export type { Engine } from './engine.ts';
export { IMAP_SERVERS, type ImapServerName, mailboxPath } from './imap-server.ts';
export { type LesserRelay, startLesserRelay } from './lesser-relay.ts';
export { ImapLine } from './imap-line.ts';
export { until } from './port.ts';
export type { Delivery } from './sink.ts';
export { sendMail } from './smtp-line.ts';
export { type Stack, type StackOptions, startStack } from './stack.ts';
export { limitQuota } from './quota.ts';
export { commandsSince, type ImapCommand } from './trace.ts';
export { DEMO_USERS, DOMAIN, OTHER_DOMAIN, type Pool, type User } from './users.ts';
