/** A browser that goes where it is sent: keeps each site's cookies and follows one step at a time. */
export interface Step {
  readonly url: string;
  readonly status: number;
  readonly text: string;
  readonly location: string | null;
}

export class Visitor {
  readonly #jars = new Map<string, Map<string, string>>();
  /** Every step so far. */
  readonly steps: Step[] = [];

  cookie(origin: string, name: string): string | undefined {
    return this.#jar(origin).get(name);
  }

  setCookie(origin: string, name: string, value: string): void {
    this.#jar(origin).set(name, value);
  }

  async step(url: string, headers: Readonly<Record<string, string>> = {}): Promise<Step> {
    const { origin } = new URL(url);
    const cookie = [...this.#jar(origin)].map(([name, value]) => `${name}=${value}`).join("; ");
    const response = await fetch(url, {
      redirect: "manual",
      headers: { accept: "text/html", "user-agent": "Test browser", cookie, ...headers },
    });
    for (const set of response.headers.getSetCookie()) {
      const [pair = ""] = set.split(";", 1);
      const at = pair.indexOf("=");
      const isGone = /Max-Age=0\b|expires=Thu, 01 Jan 1970/i.test(set);
      if (isGone) this.#jar(origin).delete(pair.slice(0, at));
      else this.#jar(origin).set(pair.slice(0, at), pair.slice(at + 1));
    }
    const sent = response.headers.get("location");
    const location = sent === null ? null : new URL(sent, url).href;
    const done = { url, status: response.status, text: await response.text(), location };
    this.steps.push(done);
    return done;
  }

  /** Goes on until `stop` says so or nothing leads on. */
  async follow(url: string, stop: (url: string) => boolean = () => false): Promise<Step> {
    let step = await this.step(url);
    while (step.location !== null && !stop(step.location)) step = await this.step(step.location);
    return step;
  }

  #jar(origin: string): Map<string, string> {
    const known = this.#jars.get(origin) ?? new Map<string, string>();
    this.#jars.set(origin, known);
    return known;
  }
}
