import type { Content, Described } from '../static/element.js';

/** All elements that a view describes, from the outermost inwards. */
export const elementsOf = (content: Content): Described[] => {
  if (Array.isArray(content)) return content.flatMap(elementsOf);
  if (typeof content !== 'object' || content === null) return [];
  return [content, ...elementsOf(content.children)];
};

/** The text of a view, a blank between its parts. */
export const textOf = (content: Content): string => {
  if (Array.isArray(content)) return content.map(textOf).filter(Boolean).join(' ');
  if (typeof content === 'string' || typeof content === 'number') return String(content).trim();
  return typeof content === 'object' && content !== null ? textOf(content.children) : '';
};
