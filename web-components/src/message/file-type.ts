/** Which picture a file gets, and how its name is cut: the stem gives way, the ending stays. */
import type { IconName } from '../icon/icon.ts';

const BY_ENDING: readonly (readonly [RegExp, IconName])[] = [
  [/^(?:zip|gz|tgz|xz|7z|rar|tar|bz2)$/iu, 'file-earmark-zip'],
  [/^(?:ods|xlsx?|csv|numbers)$/iu, 'file-earmark-spreadsheet'],
  [/^(?:txt|md|odt|docx?|rtf|pages)$/iu, 'file-earmark-text'],
  [/^pdf$/iu, 'file-earmark-pdf'],
];
const BY_TYPE: readonly (readonly [RegExp, IconName])[] = [
  [/^image\//iu, 'file-earmark-image'],
  [/^audio\//iu, 'file-earmark-music'],
  [/^video\//iu, 'file-earmark-play'],
  [/^application\/pdf/iu, 'file-earmark-pdf'],
  [/^text\//iu, 'file-earmark-text'],
];
const LONGEST_ENDING = 8;

export function splitName(name: string): readonly [stem: string, ending: string] {
  const dot = name.lastIndexOf('.');
  if (dot < 1 || name.length - dot > LONGEST_ENDING) return [name, ''];
  return [name.slice(0, dot), name.slice(dot)];
}

export function fileIcon(name: string, type: string): IconName {
  const ending = splitName(name)[1].slice(1);
  const found = BY_ENDING.find(([pattern]) => pattern.test(ending)) ?? BY_TYPE.find(([pattern]) => pattern.test(type));
  return found?.[1] ?? 'file-earmark';
}
