/** The public door of packages/coi. */
export * from './address.ts';
export { isBounceHead } from './bounce-text.ts';
export * from './decode.ts';
export * from './decode-message.ts';
export * from './encode.ts';
export * from './group-id.ts';
export * from './header/table.ts';
export { readHead } from './head.ts';
export { htmlToText } from './html-to-text.ts';
export * from './identity.ts';
export * from './mark.ts';
export * from './message.ts';
export * from './message-id.ts';
export * from './mime/address-list.ts';
export { type DecodedText, decodeCharset } from './mime/charset.ts';
export { formatDate, parseDate } from './mime/date.ts';
export {
  addressField,
  dateField,
  type Field,
  messageIdField,
  parameterField,
  textField,
  tokenField,
} from './mime/field.ts';
export { formatLines, readFlowed, type TextLine, writeFlowed } from './mime/flowed.ts';
export { HeaderBlock, type HeaderField, readHeaders } from './mime/header-block.ts';
export { type ParameterField, parseParameterField } from './mime/parameter.ts';
export { bodyOf, chatContentOf, type MimePart, textOf, walkParts } from './mime/part.ts';
export { readMime } from './mime/read.ts';
export { decodeWords } from './mime/words.ts';
export { type Entity, type FileEntity, type MultipartEntity, type TextEntity, writeMime } from './mime/write.ts';
export * from './references.ts';
export { sha256 } from './sha256.ts';
export { isForwardSubject, normalizeText, stripReplyMarks } from './text.ts';
