// Tells the server which requests the host has had on screen, so that their singers read "Seen by the KJ".

const PAUSE_MS = 1_000;

export class Seen {
  #session;
  #venueId;
  // By number, not by id: a request with another key or song is a new one.
  #told = new Set();
  #timer = 0;

  constructor(session, venueId) {
    [this.#session, this.#venueId] = [session, venueId];
  }

  /** `requests` are on the page now. */
  note(requests) {
    const unseen = [...requests.values()].filter((request) => !request.seenAt && !this.#told.has(request.requestNumber));
    if (this.#timer || document.hidden || unseen.length === 0) return;
    this.#timer = setTimeout(() => this.#tell(unseen), PAUSE_MS);
  }

  async #tell(unseen) {
    this.#timer = 0;
    if (document.hidden) return;
    const body = { venueId: this.#venueId, upTo: Math.max(...unseen.map((request) => request.id)) };
    await this.#session.call("POST", "/v1/customer/requests/seen", { body }).then(
      () => unseen.forEach((request) => this.#told.add(request.requestNumber)),
      () => null,
    );
  }
}
