/**
 * What oversight cost and whether it was any: counted from the store's own records. What is about
 * one person is for that person alone; everybody sees the sums (T28).
 */
import type { AnalyticsView, RuleAnalytics } from "@haltpoint/protocol";
import { amountText } from "../domain/policy/money.ts";
import type {
  DecisionCounts,
  Period,
  ReadingPace,
  RequestCounts,
  Spread,
} from "../ports/figures.ts";
import type { App } from "./app.ts";

export const WEEK_MS = 7 * 86_400_000;
export const MINUTE_MS = 60_000;
/** 67 characters a second is skimming: whoever is faster has not read it. */
export const READING_PACE: ReadingPace = {
  perCharacterMs: 15,
  leastMs: 1_500,
  mostMs: 15 * MINUTE_MS,
};
/** Decisions a rule needs before it can be called noise, and how many of them were approvals. */
const NOISE_DECISIONS_MIN = 20;
const NOISE_APPROVED_SHARE = 0.98;
/** With fewer, a sum is about one of them. */
const DECIDERS_MIN = 3;

export async function analyticsFor(
  app: App,
  person: string,
  period: Period,
): Promise<Omit<AnalyticsView, "load">> {
  const counts = await app.store.requestCounts(period);
  const decisions = await app.store.decisionCounts(period, READING_PACE);
  const { p50: median } = await app.store.readingSpread(person, period, READING_PACE);
  const perWeek = (readMs: number): number => {
    const minutes = readMs / MINUTE_MS / ((period.until - period.since) / WEEK_MS);
    return Math.round(minutes * 10) / 10;
  };
  const readMsOf = (wanted: (each: DecisionCounts) => boolean): number =>
    sum(decisions.filter(wanted), (each) => each.readMs);
  const { ruleSets } = counts;
  const requests = sum(ruleSets, (each) => each.requests);
  const held = sum(ruleSets, (each) => each.held);
  const denied = sum(ruleSets, (each) => each.denied);
  return {
    since: period.since,
    until: period.until,
    volume: { requests, held, denied, allowed: requests - held - denied, days: counts.days },
    deciding: {
      ...durations(counts.deciding),
      approved: sum(ruleSets, (each) => each.approved),
      rejected: sum(ruleSets, (each) => each.rejected),
      edited: sum(ruleSets, (each) => each.edited),
    },
    waiting: {
      ...durations(counts.waiting),
      total_ms: sum(counts.identities, (each) => each.waitedMs),
    },
    expired: sum(ruleSets, (each) => each.expired),
    unattended: unattendedIn(counts),
    rules: rulesIn(counts, (rule) => perWeek(readMsOf((each) => each.rules.includes(rule)))),
    identities: counts.identities.map((each) => ({
      ...durations(each),
      identity: each.identity,
      requests: each.requests,
      held: each.held,
      waited_ms: each.waitedMs,
      human_minutes_per_week: perWeek(readMsOf(({ identity }) => identity === each.identity)),
    })),
    ...peopleIn(decisions),
    human_minutes_per_week: perWeek(readMsOf(() => true)),
    own: ownIn(decisions, person, { median, perWeek }),
  };
}

function durations({ count, p50, p90 }: Spread) {
  return { count, p50_ms: p50, p90_ms: p90 };
}

function unattendedIn({ unattended }: RequestCounts): AnalyticsView["unattended"] {
  const byImpact = grouped(unattended, (each) => each.impact);
  const withAmount = unattended.filter((each) => each.currency !== null);
  const byCurrency = grouped(withAmount, (each) => each.currency ?? "");
  return {
    count: sum(unattended, (each) => each.count),
    impacts: [...byImpact].map(([impact, group]) => ({
      impact,
      count: sum(group, (each) => each.count),
    })),
    values: [...byCurrency].map(([currency, group]) => {
      const minorUnits = group.reduce((total, each) => total + (each.minorUnits ?? 0n), 0n);
      const [amount = ""] = amountText({ minorUnits, currency }).split(" ");
      return { currency, amount, count: sum(group, (each) => each.count) };
    }),
  };
}

/** A request counts for each rule that said something of it. */
function rulesIn(
  { ruleSets }: RequestCounts,
  minutesOf: (rule: string) => number,
): readonly RuleAnalytics[] {
  const rules = [...new Set(ruleSets.flatMap((each) => each.rules))];
  const counted = rules.map((rule): RuleAnalytics => {
    const own = ruleSets.filter((each) => each.rules.includes(rule));
    const decided = sum(own, (each) => each.decided);
    const approved = sum(own, (each) => each.approved);
    const edited = sum(own, (each) => each.edited);
    return {
      rule,
      matched: sum(own, (each) => each.requests),
      held: sum(own, (each) => each.held),
      decided,
      approved,
      edited,
      expired: sum(own, (each) => each.expired),
      suggest_relaxing:
        decided >= NOISE_DECISIONS_MIN &&
        edited === 0 &&
        approved >= decided * NOISE_APPROVED_SHARE,
      human_minutes_per_week: minutesOf(rule),
    };
  });
  return counted.sort((a, b) => b.matched - a.matched || (a.rule < b.rule ? -1 : 1));
}

/** Sums over everybody, without a name. */
function peopleIn(
  decisions: readonly DecisionCounts[],
): Pick<AnalyticsView, "reading" | "concentration" | "overrides" | "interrupts"> {
  const deciders = new Set(decisions.map((each) => each.person));
  const measured = sum(decisions, (each) => each.measured);
  const faster = sum(decisions, (each) => each.fasterThanReading);
  const approvals = [...grouped(decisions, (each) => each.person).values()]
    .map((group) => sum(group, (each) => each.approved))
    .filter((count) => count > 0)
    .sort((a, b) => b - a);
  const total = sum(approvals, (count) => count);
  const shareOf = (most: number): number | null =>
    total === 0 ? null : rounded(sum(approvals.slice(0, most), (count) => count) / total);
  return {
    reading: deciders.size < DECIDERS_MIN ? null : { measured, faster_than_reading: faster },
    concentration: {
      people: approvals.length,
      approvals: total,
      largest_share: shareOf(1),
      three_largest_share: shareOf(3),
    },
    overrides: sum(decisions, (each) => each.overridden),
    interrupts: sum(decisions, (each) => each.interrupted),
  };
}

function ownIn(
  decisions: readonly DecisionCounts[],
  person: string,
  of: { readonly median: number | null; readonly perWeek: (readMs: number) => number },
): AnalyticsView["own"] {
  const own = decisions.filter((each) => each.person === person);
  const approved = sum(own, (each) => each.approved);
  const rejected = sum(own, (each) => each.rejected);
  const all = sum(decisions, (each) => each.approved);
  return {
    reviews: approved + rejected,
    approved,
    rejected,
    share_of_approvals: all === 0 ? null : rounded(approved / all),
    measured: sum(own, (each) => each.measured),
    faster_than_reading: sum(own, (each) => each.fasterThanReading),
    median_reading_ms: of.median,
    minutes_per_week: of.perWeek(sum(own, (each) => each.readMs)),
  };
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}

function grouped<T>(items: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}

/** Two decimals are as much as such shares are worth. */
function rounded(share: number): number {
  return Math.round(share * 100) / 100;
}
