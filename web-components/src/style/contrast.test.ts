import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { CONTRAST_PAIRS } from './contrast-pairs.ts';

const source = await readFile(new URL('tokens.css.ts', import.meta.url), 'utf8');
// Comments and media blocks (reduced motion, forced colours) hold no colours of a theme.
const plain = source.replace(/\/\*[\s\S]*?\*\//gu, '').replace(/@media[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}/gu, '');
const blocks = [...plain.matchAll(/:where\(([^{]*)\) \{([^{}]*)\}/gu)].map(([, selector = '', body = '']) => ({
  selector,
  colors: new Map(
    [...body.matchAll(/--coi-([\w-]+):\s*(#[0-9a-f]{6})\b/giu)].map(([, name = '', hex = '']) => [name, hex]),
  ),
}));

const IS_DARK = /dark-mode/u;
const IS_OX = /ox/u;
const themes = [
  { name: 'Elastic light', dark: false, ox: false },
  { name: 'Elastic dark', dark: true, ox: false },
  { name: 'App Suite light', dark: false, ox: true },
  { name: 'App Suite dark', dark: true, ox: true },
];

function colorsOf({ dark, ox }: { readonly dark: boolean; readonly ox: boolean }): Map<string, string> {
  const applying = blocks.filter(({ selector }) => (dark || !IS_DARK.test(selector)) && (ox || !IS_OX.test(selector)));
  return new Map(applying.flatMap(({ colors }) => [...colors]));
}

function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((start) => {
    const value = Number.parseInt(hex.slice(start, start + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function ratio(one: string, two: string): number {
  const [low = 0, high = 0] = [luminance(one), luminance(two)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

for (const theme of themes) {
  test(`every text and icon can be read in ${theme.name}`, () => {
    const colors = colorsOf(theme);
    assert.ok(blocks.length >= 5);
    for (const [front, back, least] of CONTRAST_PAIRS) {
      const [one, two] = [colors.get(front), colors.get(back)];
      assert.ok(one !== undefined && two !== undefined, `${front} and ${back} have colours`);
      assert.ok(ratio(one, two) >= least, `${front} on ${back}: ${ratio(one, two).toFixed(2)} < ${least}`);
    }
  });
}
