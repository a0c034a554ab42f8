// What the scenarios share: where the product is, whose addresses the calls come from, and what a budget is.
// The product must trust X-Forwarded-For from here (TRUSTED_PROXIES=127.0.0.1/32): limits count by address.
import http from 'k6/http';
import { check } from 'k6';

export const BASE = __ENV.BASE_URL || 'http://127.0.0.1:8080';
export const TENANTS = number('TENANTS', 100);
export const BUSY = number('BUSY', 50);
export const KEYS = number('KEYS', 1000);
const LOAD = number('LOAD', 1);
const SECONDS = number('SECONDS', 20);
const CHECK = Boolean(__ENV.CHECK);
// Until screens that came together have been shown their venue.
export const SETTLING_S = CHECK ? 1 : 3;
const JSON_BODY = { 'Content-Type': 'application/json' };

function number(name, otherwise) {
  return Number(__ENV[name] || otherwise);
}

export function upTo(most) {
  return 1 + Math.floor(Math.random() * most);
}

// An open workload: `rate` calls a second whatever the answers take. `vus` is how many may be under way.
export function arriving(exec, rate, vus = 50) {
  const at = Math.max(0.1, CHECK ? Math.min(rate, 5) : rate * LOAD);
  const [perUnit, timeUnit] = at >= 1 ? [Math.round(at), '1s'] : [Math.round(at * 60), '60s'];
  return {
    executor: 'constant-arrival-rate', exec, rate: perUnit, timeUnit,
    duration: `${seconds()}s`, preAllocatedVUs: vus, gracefulStop: '10s',
  };
}

export function staying(exec, vus) {
  return {
    executor: 'per-vu-iterations', exec, vus: CHECK ? Math.min(vus, 3) : vus, iterations: 1,
    maxDuration: `${seconds() + 25}s`, gracefulStop: '5s',
  };
}

export function later(scenario, startS) {
  return Object.assign(scenario, { startTime: `${startS}s` });
}

export function seconds() {
  return CHECK ? 2 : SECONDS;
}

// `budgets`: {name: [p95 ms, p99 ms]} of calls by their name, or of a trend by its own.
export function plan(scenarios, budgets, trends = {}) {
  const thresholds = { checks: ['rate==1'] };
  if (!CHECK) {
    thresholds.checks = ['rate>0.999'];
    thresholds.http_req_failed = ['rate<0.001'];
    thresholds.dropped_iterations = ['count<1'];
    for (const [name, [p95, p99]] of Object.entries(budgets)) {
      thresholds[`http_req_duration{name:${name}}`] = [`p(95)<${p95}`, `p(99)<${p99}`];
    }
    for (const [name, [p95, p99]] of Object.entries(trends)) {
      thresholds[name] = [`p(95)<${p95}`, `p(99)<${p99}`];
    }
  }
  return { scenarios, thresholds, discardResponseBodies: false, summaryTrendStats: ['count', 'med', 'p(95)', 'p(99)', 'max'] };
}

// One of a bar's phones: all of them share the bar's address.
export function from(venue) {
  return { 'X-Forwarded-For': `10.${(venue >> 16) & 255}.${(venue >> 8) & 255}.${venue & 255}` };
}

export function anywhere() {
  return from(upTo(1 << 22));
}

export function get(name, path, headers, wanted = [200, 304]) {
  const answer = http.get(BASE + path, { headers, tags: { name } });
  check(answer, { [`${name}: ${wanted.join(' or ')}`]: (a) => wanted.includes(a.status) });
  return answer;
}

export function post(name, path, body, headers, wanted = 200) {
  const given = { headers: Object.assign({}, JSON_BODY, headers), tags: { name } };
  const answer = http.post(BASE + path, JSON.stringify(body), given);
  check(answer, { [`${name}: ${wanted}`]: (a) => a.status === wanted });
  return answer;
}

// A guest asks at venue n; the receipt.
export function ask(n, title) {
  const song = { singerName: `Ann ${upTo(99)}`, artist: 'The Bench', title };
  return post('submit', `/v1/public/venues/bench-${n}/requests`, song, from(n), 201).json();
}

// One command of OpenKJ with key n; its answer.
export function openkj(name, n, fields = {}) {
  const body = Object.assign({ command: name, api_key: `skj_bench-${n}` }, fields);
  const told = post(name, '/v1/openkj/api/command', body, from(n)).json();
  check(told, { [`${name}: no error`]: (t) => t.command === name && t.error === false });
  return told;
}

// OpenKJ's own number of venue n, and the organization's first key.
export function desk(n) {
  return { key: ((n - 1) % TENANTS) + 1, venue_id: 1001 + Math.floor((n - 1) / TENANTS) };
}

export function handleSummary(data) {
  const failed = Object.entries(data.metrics).flatMap(([name, metric]) =>
    Object.entries(metric.thresholds || {}).filter(([, t]) => !t.ok).map(([t]) => `${name} ${t}`));
  const told = failed.length ? `over budget: ${failed.join('; ')}\n` : 'within budget\n';
  const checks = data.root_group.checks.filter((c) => c.fails).map((c) => `failed ${c.fails} times: ${c.name}\n`);
  const out = { stdout: checks.join('') + told };
  if (__ENV.SUMMARY) out[__ENV.SUMMARY] = JSON.stringify(data);
  return out;
}
