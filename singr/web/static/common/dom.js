// Making and finding elements. Text only ever goes in as text.

export const $ = (selector, within = document) => within.querySelector(selector);

/** An element; `given` holds properties, `data` and `on`; children are elements or texts, null ones are left out. */
export function el(tag, { data, on, ...given } = {}, ...children) {
  const node = document.createElement(tag);
  Object.assign(node, given);
  Object.assign(node.dataset, data);
  for (const [type, listener] of Object.entries(on ?? {})) node.addEventListener(type, listener);
  node.append(...children.filter((child) => child !== null));
  return node;
}

/** Sets a text only where it differs, so that selections and screen readers are left in peace. */
export function setText(node, text) {
  if (node.textContent !== String(text)) node.textContent = text;
}

/** Puts `nodes` at the beginning of `list` in this order; those that stand right are not touched. */
export function arrange(list, nodes) {
  let place = list.firstElementChild;
  for (const node of nodes) {
    if (node === place) place = place.nextElementSibling;
    else list.insertBefore(node, place);
  }
}

/** Text of unknown direction, put safely into a sentence. */
export const isolated = (text) => `\u2068${text}\u2069`;
