// The waiting requests as rows that never jump under a hand: nodes are kept, new rows append, and rows that others
// have settled wait, greyed out, as long as rows must stand still (rest.js).
// A press and its release on different rows are no click, because a row's node never becomes another request's.

import { arrange, setText } from "../common/dom.js";
import { say } from "../common/words.js";
import { showNames } from "./names.js";
import { Rest } from "./rest.js";
import { Row } from "./row.js";

const [INERT, INERT_MS] = [{ pointerEvents: ["none", "none"] }, 400];

export class Queue extends EventTarget {
  #list;
  #chip;
  #rows = new Map();
  #taken = new Set();
  #filter = "";
  #places = null;
  #rest;

  constructor(list, chip) {
    super();
    [this.#list, this.#chip] = [list, chip];
    list.tabIndex = -1;
    this.#rest = new Rest(list, () => this.#settle());
    list.addEventListener("focusin", ({ target }) => this.#point(target.closest("li")));
    chip.addEventListener("click", () => this.apply());
  }

  /** A change as the live ledger tells it. */
  follow({ upserted, removed }, requests) {
    for (const id of upserted) this.#upsert(id, requests.get(id));
    for (const { id, request } of removed) this.#remove(id, request);
    showNames([...this.#rows.values()]);
    this.#settle();
  }

  /** The order in which singers come up, as far as the house keeps one; rows move when they may. */
  arrange(rotation) {
    this.#places = rotation && new Map(rotation.order.map((id, place) => [String(id), place]));
    for (const [id, row] of this.#rows) {
      const place = this.#places?.get(id);
      row.showTurn(rotation?.turns[place] ?? null, place === 0);
    }
    this.#settle();
  }

  get waiting() {
    return [...this.#rows.values()].filter((row) => !row.isGone && !row.node.hidden);
  }

  rowOf(node) {
    return this.#rows.get(node?.closest("li")?.dataset.id);
  }

  /** The row the keyboard is on. */
  get current() {
    return this.rowOf(document.activeElement);
  }

  /** Our own decision: the row leaves at once, and the next one takes its place and the focus. */
  take(id) {
    const row = this.#rows.get(id);
    const next = this.#beside(row.node, 1) ?? this.#beside(row.node, -1) ?? this.#list;
    this.#taken.add(id);
    this.#move(() => this.#filterRow(row));
    next.focus({ preventScroll: true });
    this.#tell();
  }

  /** The decision did not come about. */
  putBack(id) {
    this.#taken.delete(id);
    const row = this.#rows.get(id);
    if (!row) return;
    this.#move(() => this.#filterRow(row));
    row.node.focus();
    this.#tell();
  }

  has(id) {
    return this.#rows.has(id);
  }

  /** Moves the focus by rows. */
  step(by) {
    const from = this.current?.node ?? this.#list.querySelector('[tabindex="0"]');
    (from ? this.#beside(from, by) : this.#list.firstElementChild)?.focus();
  }

  focus() {
    (this.#list.querySelector('[tabindex="0"]:not([hidden])') ?? this.waiting[0]?.node)?.focus();
  }

  find(text) {
    this.#filter = text.trim().toLocaleLowerCase();
    for (const row of this.#rows.values()) this.#filterRow(row);
  }

  tick() {
    for (const row of this.#rows.values()) row.tick();
  }

  /** Lets settled rows go now, and the others stand in their order. */
  apply() {
    this.#move(() => {
      for (const [id, row] of this.#rows) if (row.isGone) this.#drop(id);
      const focused = document.activeElement;
      const isOurs = this.#list.contains(focused);
      arrange(this.#list, this.#sorted.map((row) => row.node));
      if (isOurs && focused !== document.activeElement) focused.focus({ preventScroll: true });
    });
    this.#tell();
  }

  /** What stands elsewhere after `change` cannot be pressed for a moment: a finger on its way meant another row. */
  #move(change) {
    const places = new Map(this.#standing.map((node, n) => [node, n]));
    change();
    const moved = this.#standing.filter((node, n) => (places.get(node) ?? n) !== n);
    for (const node of moved) node.animate(INERT, INERT_MS);
    if (moved.length) this.#rest.moved();
  }

  get #standing() {
    return [...this.#list.children].filter((node) => !node.hidden);
  }

  #upsert(id, request) {
    const known = this.#rows.get(id);
    if (known && !known.isGone) return known.show(request);
    if (known) this.#drop(id);
    const row = new Row(request);
    this.#rows.set(id, row);
    this.#filterRow(row);
    return this.#list.append(row.node);
  }

  #remove(id, settled) {
    const row = this.#rows.get(id);
    if (!row) return;
    this.dispatchEvent(new CustomEvent("settled", { detail: { id, settled } }));
    if (this.#taken.delete(id)) this.#drop(id);
    else {
      const isWithin = row.node.contains(document.activeElement);
      row.markGone(settled);
      if (isWithin) row.node.focus({ preventScroll: true });
    }
  }

  #drop(id) {
    const { node } = this.#rows.get(id);
    const hadFocus = node.contains(document.activeElement);
    const next = hadFocus && (this.#beside(node, 1) ?? this.#beside(node, -1) ?? this.#list);
    node.remove();
    this.#rows.delete(id);
    if (next) next.focus({ preventScroll: true });
  }

  #settle() {
    if (this.#rest.isOn) this.#tell();
    else this.apply();
  }

  /** The rows as they should stand: as they come up, else as they came. */
  get #sorted() {
    const place = ([id]) => this.#places?.get(id) ?? Infinity;
    const sorted = [...this.#rows].sort((a, b) => place(a) - place(b) || a[0] - b[0]);
    return sorted.map(([, row]) => row);
  }

  get #isOutOfOrder() {
    const places = new Map([...this.#list.children].map((node, n) => [node, n]));
    const sorted = this.#sorted.filter((row) => !row.isGone).map((row) => places.get(row.node));
    return sorted.some((place, n) => place < sorted[n - 1]);
  }

  #tell() {
    const n = [...this.#rows.values()].filter((row) => row.isGone).length + this.#isOutOfOrder;
    this.#chip.hidden = n === 0;
    setText(this.#chip, n ? say("changes", { n }) : "");
    this.dispatchEvent(new Event("change"));
  }

  #filterRow(row) {
    row.node.hidden = this.#taken.has(row.node.dataset.id) || !row.matches(this.#filter);
  }

  /** The nearest visible row before or after. */
  #beside(node, by) {
    let other = node;
    do other = by > 0 ? other.nextElementSibling : other.previousElementSibling;
    while (other?.hidden);
    return other;
  }

  #point(node) {
    if (!node) return;
    const before = this.#list.querySelector('[tabindex="0"]');
    if (before) before.tabIndex = -1;
    node.tabIndex = 0;
  }
}
