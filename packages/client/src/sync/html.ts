/** A chunk of its own: few mails are HTML only, and reading it takes much code. */
export { htmlToText } from '@coi-webmail/coi/html';
