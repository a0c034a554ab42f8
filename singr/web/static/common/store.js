// Small things kept on this device. A browser that keeps nothing (private mode, full) works all the same.

export function keep(name, value) {
  try {
    localStorage.setItem(`singr.${name}`, JSON.stringify(value));
    return true;
  } catch {
    return false;
  }
}

export function kept(name, otherwise) {
  try {
    return JSON.parse(localStorage.getItem(`singr.${name}`)) ?? otherwise;
  } catch {
    return otherwise;
  }
}

export function forget(name) {
  try {
    localStorage.removeItem(`singr.${name}`);
  } catch {
    // nothing was kept either
  }
}

/** The names under which something is kept, of those that begin with `start`. */
export function names(start) {
  try {
    const full = `singr.${start}`;
    return Object.keys(localStorage).filter((name) => name.startsWith(full)).map((name) => name.slice("singr.".length));
  } catch {
    return [];
  }
}
