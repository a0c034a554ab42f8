// What keeps a screen healthy through the night: it shifts a little against burn-in, swaps sides every hour, and
// fetches itself anew at six in the morning or when there is a new version, once the server answers.

const SHIFT_EVERY_MS = 3 * 60_000;
const SHIFT_PX = 8;
const LOOK_EVERY_MS = 5 * 60_000;
const FRESH_HOUR = 6;
const STEPS = [[0, 0], [1, 0], [1, 1], [0, 1]];

export function keepCalm(stage) {
  const loadedAt = new Date();
  let step = 0;
  setInterval(() => {
    step = (step + 1) % STEPS.length;
    const [x, y] = STEPS[step];
    document.body.style.transform = `translate(${x * SHIFT_PX}px, ${y * SHIFT_PX}px)`;
    stage.classList.toggle("swapped", new Date().getHours() % 2 === 1);
  }, SHIFT_EVERY_MS);
  setInterval(() => renew(loadedAt), LOOK_EVERY_MS);
}

async function renew(loadedAt) {
  const answer = await fetch(location.href, { cache: "no-store" }).catch(() => null);
  if (!answer?.ok) return;
  const mine = document.querySelector("script[type=module]").getAttribute("src");
  const isNew = !(await answer.text().catch(() => mine)).includes(mine);
  if (isNew || isMorningAfter(loadedAt)) location.reload();
}

function isMorningAfter(loadedAt) {
  const morning = new Date();
  morning.setHours(FRESH_HOUR, 0, 0, 0);
  return loadedAt < morning && new Date() >= morning;
}
