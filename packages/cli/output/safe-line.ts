/** What turns the direction of writing, and what takes no room: text with them reads as other than it is. */
const unseen = /[\p{Bidi_Control}\u200b\u2028\u2029\u2060\ufeff]/gu;

const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** Text of others with what nobody would see written out: `\u202e`. */
export const withoutUnseen = (text: string): string => text.replaceAll(unseen, escaped);

/** Text of others on one line: control characters would move the cursor or recolour the terminal. Tabs stay. */
export const safeLine = (text: string): string => withoutUnseen(text.replaceAll(/[^\P{Cc}\t]+/gu, ' '));
