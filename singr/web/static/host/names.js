// Requests of one phone are shown with each other's names, and with those it asked under before.

export function showNames(rows) {
  const phones = new Map();
  for (const row of rows) {
    const phone = row.request.device ?? row.request.id;
    phones.set(phone, [...(phones.get(phone) ?? []), row]);
  }
  for (const together of phones.values()) {
    const names = together.flatMap(({ request }) => [request.singerName, ...(request.alsoAskedAs ?? [])]);
    for (const row of together) row.showAlso(othersThan(row.request.singerName, names));
  }
}

/** Each of the names once, however it is written, but for the own one. */
function othersThan(own, names) {
  const others = new Map(names.map((name) => [name.toLocaleLowerCase(), name]));
  others.delete(own.toLocaleLowerCase());
  return [...others.values()];
}
