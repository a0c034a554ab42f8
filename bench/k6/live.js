// Screens that watch, and guests that ask: how long from the call to the message on each screen.
import { WebSocket } from 'k6/websockets';
import { check } from 'k6';
import { Counter, Trend } from 'k6/metrics';
import { arriving, ask, from, later, plan, seconds, staying, upTo, BASE, SETTLING_S } from './lib.js';
export { handleSummary } from './lib.js';

const live_ms = new Trend('live_ms', true);
const received = new Counter('live_received');
const ROOMS = 10;

export const options = plan(
  { screens: staying('watch', 300), guests: later(arriving('guest', 10), SETTLING_S) },
  { submit: [50, 120] },
  { live_ms: [100, 250] },
);
options.thresholds.live_received = ['count>0'];

export function guest() {
  ask(upTo(ROOMS), `sent ${Date.now()}`);
}

export function watch() {
  const venue = 1 + (__VU % ROOMS);
  const socket = new WebSocket(`${BASE.replace('http', 'ws')}/v1/live`, null, { headers: from(venue) });
  let shown = false;
  socket.onopen = () => {
    socket.send(JSON.stringify({ type: 'hello', venue: `bench-${venue}`, view: 'display' }));
    setTimeout(() => socket.close(), (seconds() + SETTLING_S + 2) * 1000);
  };
  socket.onmessage = (event) => {
    const message = JSON.parse(event.data);
    if (message.type === 'snapshot') shown = true;
    if (message.type !== 'delta') return;
    for (const op of message.ops) {
      const sent = /^sent (\d+)$/.exec((op.request && op.request.title) || '');
      if (sent) {
        live_ms.add(Date.now() - Number(sent[1]));
        received.add(1);
      }
    }
  };
  socket.onclose = () => check(shown, { 'the screen showed the venue': (s) => s });
}
