import { h } from './element.js';

/** @param {HTMLButtonElement} button @param {string} text */
const copy = async (button, text) => {
  try {
    await navigator.clipboard.writeText(text);
    button.dataset.done = 'Copied';
  } catch {
    // Without HTTPS, on another host than this one, browsers have no clipboard for pages: select it for the keyboard.
    const field = button.previousElementSibling;
    if (field) getSelection()?.selectAllChildren(field);
    button.dataset.done = 'Selected';
  }
  setTimeout(() => delete button.dataset.done, 2000);
};

/** Text to be used elsewhere, with a button that copies it. @param {string} text @param {string} what */
export const copyable = (text, what) =>
  h(
    'span',
    { class: 'copyable' },
    h('code', {}, text),
    h(
      'button',
      {
        type: 'button',
        'aria-label': `Copy ${what}`,
        onclick: (/** @type {{ currentTarget: HTMLButtonElement }} */ event) =>
          copy(event.currentTarget, text),
      },
      'Copy',
    ),
  );
