/**
 * Elements as plain values, so that pages are pure functions that a test can read, and `patch`, which makes the document
 * so and leaves alone what is already right: focus, selection and scroll positions survive an update. Text only ever
 * becomes a text node.
 *
 * @typedef {string | number | boolean | null | undefined | Described | Content[]} Content
 * @typedef {{ tag: string, attributes: Record<string, any>, children: Content[] }} Described
 */

/**
 * Describes an element. Attributes named `on…` are listeners; `key` keeps an element’s identity among its siblings;
 * `style` is an object of properties; `own` is called once with the new element, whose content is then its own affair.
 * @param {string} tag
 * @param {Record<string, any>} [attributes]
 * @param {...Content} children
 * @returns {Described}
 */
export const h = (tag, attributes = {}, ...children) => ({ tag, attributes, children });

/** @type {WeakMap<Node, Record<string, any>>} */
const described = new WeakMap();

/** @param {Content} content @returns {(string | Described)[]} */
const flat = content => {
  if (Array.isArray(content)) return content.flatMap(flat);
  if (content === undefined || content === null || content === '' || typeof content === 'boolean') return [];
  return [typeof content === 'object' ? content : String(content)];
};

/** @param {any} element @param {string} name @param {any} value */
const setAttribute = (element, name, value) => {
  if (name === 'key' || name === 'own') return;
  if (name.startsWith('on')) element[name] = value ?? null;
  else if (name === 'style')
    for (const [property, setting] of Object.entries(value ?? {}))
      element.style.setProperty(property, setting);
  else if (value === undefined || value === null || value === false) element.removeAttribute(name);
  else element.setAttribute(name, value === true ? '' : String(value));
};

/** @param {any} element @param {Described} wanted */
const update = (element, { attributes, children }) => {
  const before = described.get(element) ?? {};
  // The very same description again: a long one that a page has kept is not gone through each second.
  if (before === attributes) return;
  described.set(element, attributes);
  for (const name in { ...before, ...attributes })
    if (before[name] !== attributes[name]) setAttribute(element, name, attributes[name]);
  if (!attributes.own) patch(element, children);
  // After the children: a select takes only the value of an option that is there.
  if ('value' in attributes && element.value !== attributes.value) element.value = attributes.value;
};

/** @param {Described} wanted */
const create = wanted => {
  const element = document.createElement(wanted.tag);
  update(element, wanted);
  wanted.attributes.own?.(element);
  return element;
};

/** @param {Node | null | undefined} node @param {Described} wanted */
const fits = (node, { tag, attributes }) =>
  node instanceof HTMLElement && node.localName === tag && described.get(node)?.key === attributes.key;

/**
 * Makes the content of `parent` what is described.
 * @param {Node} parent
 * @param {Content} content
 */
export const patch = (parent, content) => {
  const wanted = flat(content);
  /** @param {string | Described} item */
  const keyOf = item => (typeof item === 'string' ? undefined : item.attributes.key);
  const keys = new Set(wanted.map(keyOf));
  /** @type {Map<any, Node>} */
  const keyed = new Map();
  for (const node of [...parent.childNodes]) {
    const key = described.get(node)?.key;
    if (key === undefined) continue;
    if (keys.has(key)) keyed.set(key, node);
    else parent.removeChild(node);
  }
  let at = parent.firstChild;
  for (const item of wanted) {
    const key = keyOf(item);
    const found = key === undefined ? at : keyed.get(key);
    /** @type {Node} */
    let node;
    if (typeof item === 'string') {
      node = found instanceof Text ? found : document.createTextNode(item);
      if (node.nodeValue !== item) node.nodeValue = item;
    } else if (found && fits(found, item)) {
      node = found;
      update(node, item);
    } else node = create(item);
    if (node === at) at = node.nextSibling;
    else parent.insertBefore(node, at);
  }
  while (at) {
    const next = at.nextSibling;
    parent.removeChild(at);
    at = next;
  }
};
