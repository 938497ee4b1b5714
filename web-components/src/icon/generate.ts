/**
 * Writes `generated/icons.ts`: the bootstrap-icons (MIT) that we use, inlined. Add a name here, then run
 * `node web-components/src/icon/generate.ts`.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

const NAMES = [
  'arrow-repeat',
  'ban',
  'bell-slash',
  'box-arrow-right',
  'check2',
  'check2-all',
  'check2-circle',
  'chevron-down',
  'chevron-left',
  'chat-dots',
  'chat-square-text',
  'clock',
  'cloud-slash',
  'copy',
  'cup-hot',
  'database-exclamation',
  'download',
  'emoji-smile',
  'envelope',
  'envelope-arrow-up',
  'envelope-open',
  'exclamation-circle',
  'exclamation-circle-fill',
  'exclamation-triangle',
  'eye-slash',
  'file-earmark',
  'file-earmark-image',
  'file-earmark-music',
  'file-earmark-pdf',
  'file-earmark-play',
  'file-earmark-spreadsheet',
  'file-earmark-text',
  'file-earmark-zip',
  'flag',
  'flower1',
  'gear',
  'globe2',
  'heart',
  'hdd-network',
  'inbox-fill',
  'info-circle',
  'keyboard',
  'key',
  'lightbulb',
  'paperclip',
  'pencil-square',
  'people',
  'person-lock',
  'person-exclamation',
  'person-x',
  'pin-angle-fill',
  'plus-lg',
  'question-circle',
  'reply',
  'search',
  'send-fill',
  'shield-exclamation',
  'lock',
  'three-dots',
  'three-dots-vertical',
  'trash',
  'trophy',
  'x-lg',
] as const;

const require = createRequire(import.meta.url);

async function entry(name: string): Promise<string> {
  const source = await readFile(require.resolve(`bootstrap-icons/icons/${name}.svg`), 'utf8').catch(() => '');
  const inside = /<svg[^>]*>([\s\S]*)<\/svg>/u
    .exec(source)?.[1]
    ?.trim()
    .replaceAll(/\s*\n\s*/gu, '');
  if (inside === undefined) throw new Error(`bootstrap-icons has no icon ${name}`);
  return `  '${name}': svg\`${inside}\`,`;
}

const entries = await Promise.all(NAMES.map(entry));
const source = `// Written by ../generate.ts from bootstrap-icons (MIT, see NOTICE).
import { svg } from 'lit';

export const ICONS = {
${entries.join('\n')}
} as const;
`;
await writeFile(new URL('generated/icons.ts', import.meta.url), source);
