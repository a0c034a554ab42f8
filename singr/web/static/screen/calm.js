// What keeps a screen healthy through the night: it shifts a little against burn-in, swaps sides every hour, and
// fetches itself anew at six in the morning, when there is a new version or the venue has another address, once the
// server answers. An address that is no venue's any more shows its code no longer.

const SHIFT_EVERY_MS = 3 * 60_000;
const SHIFT_PX = 8;
const LOOK_EVERY_MS = 5 * 60_000;
const FRESH_HOUR = 6;
const STEPS = [[0, 0], [1, 0], [1, 1], [0, 1]];

/** Gives `look`, which is for when something has changed. */
export function keepCalm(stage, live) {
  const loadedAt = new Date();
  let step = 0;
  setInterval(() => {
    step = (step + 1) % STEPS.length;
    const [x, y] = STEPS[step];
    document.body.style.transform = `translate(${x * SHIFT_PX}px, ${y * SHIFT_PX}px)`;
    stage.classList.toggle("swapped", new Date().getHours() % 2 === 1);
  }, SHIFT_EVERY_MS);
  const look = () => renew(loadedAt, live);
  setInterval(look, LOOK_EVERY_MS);
  return look;
}

async function renew(loadedAt, live) {
  const { venue } = document.body.dataset;
  const urlName = live.venue?.urlName ?? venue;
  const path = `/v/${encodeURIComponent(urlName)}/screen`;
  const answer = await fetch(path, { cache: "no-store" }).catch(() => null);
  document.body.classList.toggle("gone", answer?.status === 404 && live.status !== "live");
  if (!answer?.ok) return;
  const mine = document.querySelector("script[type=module]").getAttribute("src");
  const isNew = !(await answer.text().catch(() => mine)).includes(mine);
  if (urlName !== venue || isNew || live.ended || isMorningAfter(loadedAt)) location.replace(path + location.search);
}

function isMorningAfter(loadedAt) {
  const morning = new Date();
  morning.setHours(FRESH_HOUR, 0, 0, 0);
  return loadedAt < morning && new Date() >= morning;
}
