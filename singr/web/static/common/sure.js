// A button that asks once before it acts: the first press changes its words, a second one within four seconds acts.

const ASKING_MS = 4_000;
// A double tap is not a decision.
const TOO_SOON_MS = 400;

export function askOnce(button, question, act) {
  let askedAt = 0;
  let words = "";
  const forget = () => {
    if (!askedAt) return;
    askedAt = 0;
    button.textContent = words;
    delete button.dataset.asking;
  };
  button.addEventListener("click", () => {
    const waited = Date.now() - askedAt;
    if (!askedAt) {
      askedAt = Date.now();
      words = button.textContent;
      button.textContent = question();
      button.dataset.asking = "";
      setTimeout(forget, ASKING_MS);
    } else if (waited > TOO_SOON_MS) {
      forget();
      act();
    }
  });
  button.addEventListener("blur", forget);
}
