/** Which events a person may hear: those of requests they may see, and the system's with a right. */
import type { EventView } from "@haltpoint/protocol";
import type { App } from "../../app/app.ts";
import { rosterOf } from "../../app/facts.ts";
import { visibilityOf } from "../../app/view-request.ts";
import type { Person } from "./access.ts";

export class Hearing {
  readonly #app: App;
  readonly #person: Person;

  constructor(app: App, person: Person) {
    this.#app = app;
    this.#person = person;
  }

  async mayHear(event: EventView): Promise<boolean> {
    // Any right sees at least that a request exists and how it stands; see `visibilityOf`.
    if (this.#person.rights.length > 0) return true;
    if (event.request_id === null) return false;
    const state = await this.#app.store.request(event.request_id);
    if (state === null) return false;
    const roster = await rosterOf(this.#app, state);
    return visibilityOf(state, this.#person, roster) !== "none";
  }
}
