/** A session of which one call fails: without having happened, or although it happened. */
import type { Row, Session, SqlValue } from "../sql/session.ts";

export type Fault = "lost" | "saved_but_reported_failed";

export class FaultySession implements Session {
  readonly statements: string[] = [];
  readonly #inner: Session;
  #choose: (sql: string, call: number) => Fault | null = () => null;
  #before: (sql: string) => Promise<void> = () => Promise.resolve();

  constructor(inner: Session) {
    this.#inner = inner;
  }

  /** From now on calls are counted from 1, and fail where `choose` says so. */
  failWhere(choose: (sql: string, call: number) => Fault | null): void {
    this.statements.length = 0;
    this.#choose = choose;
  }

  /** Waits for `before` ahead of each statement. */
  holdWith(before: (sql: string) => Promise<void>): void {
    this.#before = before;
  }

  query(sql: string, params?: readonly SqlValue[]): Promise<readonly Row[]> {
    return this.#run(sql, () => this.#inner.query(sql, params));
  }

  execute(sql: string, params?: readonly SqlValue[]): Promise<number> {
    return this.#run(sql, () => this.#inner.execute(sql, params));
  }

  async #run<T>(sql: string, call: () => Promise<T>): Promise<T> {
    await this.#before(sql);
    this.statements.push(sql);
    const fault = this.#choose(sql, this.statements.length);
    if (fault === "lost") throw new Error("the disk is on fire");
    const result = await call();
    if (fault !== null) throw new Error("the answer was lost");
    return result;
  }
}
