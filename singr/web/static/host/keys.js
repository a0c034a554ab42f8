// Keys, active only while the queue has the focus, so that they never meet what somebody types.

/** `actions` by name: up, down, accept, reject, undo, details, block, apply, find, lock, add, manage, turn, help. */
const NAMES = {
  arrowdown: "down", j: "down", arrowup: "up", k: "up", a: "accept", r: "reject", u: "undo", d: "details", b: "block",
  ".": "apply", "/": "find", l: "lock", n: "add", m: "manage", o: "turn", "?": "help",
};

export function listen(list, actions) {
  list.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const name = NAMES[event.key.toLowerCase()];
    if (!name) return;
    event.preventDefault();
    actions[name]();
  });
}
