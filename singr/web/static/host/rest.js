// When rows must stand still: while a pointer is down in their list and for a moment after, while a mouse looks for
// something there, while the keyboard is in it, and for a while after rows have moved.

const CALM_MS = 600;
const AIM_MS = 1_000;
const STAND_MS = 1_500;

export class Rest {
  #list;
  #over;
  #isPressed = false;
  #calmAt = 0;
  #calming = 0;

  /** `over()` is called whenever rows may move again, perhaps. */
  constructor(list, over) {
    [this.#list, this.#over] = [list, over];
    list.addEventListener("pointerdown", () => (this.#isPressed = true));
    list.addEventListener("pointermove", ({ pointerType }) => pointerType === "mouse" && this.#calm(AIM_MS));
    for (const type of ["pointerup", "pointercancel"]) addEventListener(type, () => this.#release());
    list.addEventListener("focusout", () => setTimeout(over));
  }

  get isOn() {
    return this.#isPressed || Date.now() < this.#calmAt || this.#list.querySelector(":focus-visible") !== null;
  }

  /** Rows have moved: whoever looks there shall find them again. */
  moved() {
    this.#calm(STAND_MS);
  }

  #release() {
    if (!this.#isPressed) return;
    this.#isPressed = false;
    this.#calm(CALM_MS);
  }

  #calm(ms) {
    this.#calmAt = Math.max(this.#calmAt, Date.now() + ms);
    clearTimeout(this.#calming);
    this.#calming = setTimeout(this.#over, this.#calmAt - Date.now() + 10);
  }
}
