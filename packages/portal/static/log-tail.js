import { h, patch } from './element.js';
import { keepAtIt } from './keep-at-it.js';

/** The most lines the page keeps. */
const most = 1000;

/**
 * A line of a service’s log: what printed it, and what. `7 web.0 | listening` is release 7’s first web process.
 * @param {string} line
 */
export const parseLine = line => {
  const [, label = '', text = line] = /^(\S+ \S+) \| (.*)$/s.exec(line) ?? [];
  return { label, text };
};

/** The colour codes that programs print for terminals. @param {string} text */
export const withoutColours = text => text.replaceAll(/\p{Cc}\[[0-9;?]*[A-Za-z]/gu, '');

/**
 * Shows a log in an element as it grows, and keeps to its end unless the person has scrolled up.
 * @param {HTMLElement} element
 * @param {import('./api.js').Api} api
 * @param {string} address
 * @param {AbortSignal} signal
 */
export const tailLog = (element, api, address, signal) => {
  /** @type {import('./element.js').Described[]} */
  let lines = [];
  let count = 0;
  let asked = false;
  const show = () => {
    asked = false;
    const atEnd = element.scrollHeight - element.scrollTop - element.clientHeight < 32;
    patch(element, lines);
    if (atEnd) element.scrollTop = element.scrollHeight;
  };
  const showSoon = () => {
    if (!asked) requestAnimationFrame(show);
    asked = true;
  };
  keepAtIt(
    signal,
    async turn => {
      lines = [];
      for await (const line of api.lines(`${address}?follow=true&tail=200`, {
        signal: turn,
        accept: 'text/plain',
      })) {
        const { label, text } = parseLine(withoutColours(line));
        count += 1;
        lines.push(h('span', { key: count }, h('i', {}, label), ` ${text}\n`));
        if (lines.length > most) lines = lines.slice(-most);
        showSoon();
      }
    },
    () => {},
  );
};
