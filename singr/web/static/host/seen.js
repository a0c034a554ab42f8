// Tells the server which requests the host has had on screen, so that their singers read "Seen by the KJ".

const PAUSE_MS = 1_000;

export class Seen {
  #session;
  #venueId;
  #told = 0;
  #timer = 0;

  constructor(session, venueId) {
    [this.#session, this.#venueId] = [session, venueId];
  }

  /** `requests` are on the page now. */
  note(requests) {
    const unseen = [...requests.values()].filter((request) => !request.seenAt && request.id > this.#told);
    if (this.#timer || document.hidden || unseen.length === 0) return;
    const upTo = Math.max(...unseen.map((request) => request.id));
    this.#timer = setTimeout(() => this.#tell(upTo), PAUSE_MS);
  }

  async #tell(upTo) {
    this.#timer = 0;
    if (document.hidden) return;
    const body = { venueId: this.#venueId, upTo };
    await this.#session.call("POST", "/v1/customer/requests/seen", { body }).then(
      () => (this.#told = Math.max(this.#told, upTo)),
      () => null,
    );
  }
}
