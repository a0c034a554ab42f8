// The page's words, sent along with it: texts by key, some with one form for each plural category of `n`.

const block = document.getElementById("words");
const table = block ? JSON.parse(block.textContent) : {};
const { lang } = document.documentElement;
const plurals = new Intl.PluralRules(lang);

/** For numbers and dates: the page's language, with the digits that its words have. */
export const LOCALE = `${lang || "en"}-u-nu-latn`;
export const isEnglish = lang === "en";

export const knows = (key) => key in table;

export function say(key, values = {}) {
  const text = table[key];
  const form = typeof text === "string" ? text : (text[plurals.select(values.n)] ?? text.other);
  return form.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}
