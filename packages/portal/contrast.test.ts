import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const css = readFileSync(join(import.meta.dirname, 'static', 'portal.css'), 'utf8');
const colours = new Map(
  [...css.matchAll(/--([a-z-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);/g)].map(
    ([, name = '', light = '', dark = '']) => [name, { light, dark }],
  ),
);

/** Relative luminance, WCAG 2.2. */
const luminance = (hex: string): number => {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map(at => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
};

/** Contrast ratio, WCAG 2.2. */
const contrast = (a: string, b: string): number => {
  const [low = 0, high = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
};

const grounds = ['paper', 'surface'];
const pairs: [text: string, ground: string, least: number][] = [
  ...['ink', 'quiet', 'accent', 'good', 'busy', 'bad'].flatMap(text =>
    grounds.map((ground): [string, string, number] => [text, ground, 4.5]),
  ),
  ...['ink', 'quiet', 'bad'].map((text): [string, string, number] => [text, 'bad-ground', 4.5]),
  ...['ink', 'quiet'].map((text): [string, string, number] => [text, 'good-ground', 4.5]),
  ['ink', 'line', 4.5],
  ['on-accent', 'accent', 4.5],
  // The outline of what can be filled in: 1.4.11 asks for 3.
  ...grounds.map((ground): [string, string, number] => ['edge', ground, 3]),
];

test('every pair of colours has the contrast of WCAG AA, light and dark', () => {
  for (const [text, ground, least] of pairs)
    for (const scheme of ['light', 'dark'] as const) {
      const [above, below] = [colours.get(text)?.[scheme], colours.get(ground)?.[scheme]];
      assert.ok(above && below, `${text} on ${ground}`);
      const ratio = contrast(above, below);
      assert.ok(ratio >= least, `${text} on ${ground}, ${scheme}: ${ratio.toFixed(2)}`);
    }
});
