/** Text of others on one line: control characters would move the cursor or recolour the terminal. Tabs stay. */
export const safeLine = (text: string): string => text.replaceAll(/[^\P{Cc}\t]+/gu, ' ');
