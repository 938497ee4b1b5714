/**
 * Every header field that we read or write, and where it is defined. Reading and writing go through these names
 * only, so a field that is not here does not exist for us.
 *
 * "COI" is coi-client-spec, "Delta Chat" what chatmail core sends and reads.
 */

/** Lower-case name -> the spelling we write, and the reference. */
export const HEADERS = {
  // RFC 5322 and relatives: who, when, what
  from: { name: 'From', reference: 'RFC 5322 3.6.2; COI: exactly one address' },
  sender: { name: 'Sender', reference: 'RFC 5322 3.6.2; COI: SHOULD NOT' },
  'reply-to': { name: 'Reply-To', reference: 'RFC 5322 3.6.2' },
  to: { name: 'To', reference: 'RFC 5322 3.6.3' },
  cc: { name: 'Cc', reference: 'RFC 5322 3.6.3' },
  bcc: { name: 'Bcc', reference: 'RFC 5322 3.6.3; read to refuse it, never written' },
  date: { name: 'Date', reference: 'RFC 5322 3.6.1' },
  subject: { name: 'Subject', reference: 'RFC 5322 3.6.5' },
  'message-id': { name: 'Message-ID', reference: 'RFC 5322 3.6.4; COI: chat$' },
  'in-reply-to': { name: 'In-Reply-To', reference: 'RFC 5322 3.6.4' },
  references: { name: 'References', reference: 'RFC 5322 3.6.4; COI: first and last' },
  received: { name: 'Received', reference: 'RFC 5321 4.4' },
  'return-path': { name: 'Return-Path', reference: 'RFC 5321 4.4' },
  'auto-submitted': { name: 'Auto-Submitted', reference: 'RFC 3834 5' },
  'authentication-results': { name: 'Authentication-Results', reference: 'RFC 8601' },
  'content-language': { name: 'Content-Language', reference: 'RFC 3282' },
  'x-microsoft-original-message-id': {
    name: 'X-Microsoft-Original-Message-ID',
    reference: 'Exchange Online, where it rewrote Message-ID',
  },
  autocrypt: { name: 'Autocrypt', reference: 'Autocrypt 1.1' },

  // MIME
  'mime-version': { name: 'MIME-Version', reference: 'RFC 2045 4' },
  'content-type': { name: 'Content-Type', reference: 'RFC 2045 5, RFC 3676' },
  'content-transfer-encoding': { name: 'Content-Transfer-Encoding', reference: 'RFC 2045 6' },
  'content-disposition': { name: 'Content-Disposition', reference: 'RFC 2183, RFC 9078, COI: pinned' },
  'content-id': { name: 'Content-ID', reference: 'RFC 2045 7' },
  'content-description': { name: 'Content-Description', reference: 'RFC 2045 8' },

  // Chat
  'chat-version': { name: 'Chat-Version', reference: 'COI' },
  'chat-content': { name: 'Chat-Content', reference: 'COI; Delta Chat has a vocabulary of its own' },
  'chat-group-id': { name: 'Chat-Group-ID', reference: 'Delta Chat' },
  'chat-group-name': { name: 'Chat-Group-Name', reference: 'Delta Chat' },
  'chat-edit': { name: 'Chat-Edit', reference: 'Delta Chat' },
  'chat-delete': { name: 'Chat-Delete', reference: 'Delta Chat' },
  'secure-join': { name: 'Secure-Join', reference: 'Delta Chat' },

  // Receipts and bounces
  'disposition-notification-to': { name: 'Disposition-Notification-To', reference: 'RFC 8098 2.1, COI' },
  'chat-disposition-notification-to': {
    name: 'Chat-Disposition-Notification-To',
    reference: 'Delta Chat, which ignores the standard field',
  },
  'original-message-id': { name: 'Original-Message-ID', reference: 'RFC 8098 3.2.5' },
  'additional-message-ids': { name: 'Additional-Message-IDs', reference: 'Delta Chat' },
  disposition: { name: 'Disposition', reference: 'RFC 8098 3.2.6' },
  action: { name: 'Action', reference: 'RFC 3464 2.3.3' },
  status: { name: 'Status', reference: 'RFC 3464 2.3.4' },
  'original-envelope-id': { name: 'Original-Envelope-Id', reference: 'RFC 3464 2.2.1' },
  'original-recipient': { name: 'Original-Recipient', reference: 'RFC 3464 2.3.1' },
  'final-recipient': { name: 'Final-Recipient', reference: 'RFC 3464 2.3.2' },
  'diagnostic-code': { name: 'Diagnostic-Code', reference: 'RFC 3464 2.3.6' },
  'x-original-message-id': { name: 'X-Original-Message-ID', reference: 'Gmail, in its delivery reports' },
  'x-failed-recipients': { name: 'X-Failed-Recipients', reference: 'Exim, Gmail' },
} as const;

/** Lower-case name of a header field that we know. */
export type HeaderName = keyof typeof HEADERS;
