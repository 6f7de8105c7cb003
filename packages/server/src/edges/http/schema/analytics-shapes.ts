/** What oversight cost and whether it was any. */
import type { AnalyticsView, RuleAnalytics } from "@haltpoint/protocol";
import { Type } from "./type.ts";
import { ownShape, shape } from "./shape.ts";
import { closed, flag, integer, ms, nullable } from "./terms.ts";

const text = (description: string) => Type.String({ description });
const number = (description: string) => Type.Number({ description });
const minutes = number("Time people looked before they decided.");

const spread = {
  count: integer("How many."),
  p50_ms: nullable(integer("Half took no longer.")),
  p90_ms: nullable(integer("Nine of ten took no longer.")),
};

const RuleAnalyticsShape = shape<RuleAnalytics>()(
  "RuleAnalytics",
  closed({
    rule: text("Its id."),
    matched: integer("Requests."),
    held: integer("Of them held."),
    decided: integer("Of them decided by people."),
    approved: integer("Of them approved."),
    edited: integer("Edited by a person."),
    expired: integer("Held, and nobody decided."),
    suggest_relaxing: flag("98 % approved and never edited, over 20 decisions or more."),
    human_minutes_per_week: minutes,
  }),
);

export const AnalyticsQuery = ownShape(
  "AnalyticsQuery",
  closed({
    since: Type.Optional(ms("Since the epoch; 30 days ago where it is left out.")),
    until: Type.Optional(ms("Up to and without it; now where it is left out.")),
  }),
);

export const AnalyticsShape = shape<AnalyticsView>()(
  "AnalyticsView",
  closed({
    since: ms("Since the epoch."),
    until: ms("Since the epoch."),
    volume: closed({
      requests: integer("Submitted in the period."),
      allowed: integer("By policy."),
      held: integer("For people."),
      denied: integer("By policy."),
      days: Type.Array(
        closed({
          day: ms("Its start, UTC."),
          requests: integer("Submitted."),
          held: integer("Of them held."),
        }),
      ),
    }),
    deciding: closed({
      ...spread,
      approved: integer("By people."),
      rejected: integer("By people."),
      edited: integer("By people."),
    }),
    waiting: closed({ ...spread, total_ms: integer("All together.") }),
    expired: integer("Held, and nobody decided."),
    unattended: closed({
      count: integer("Had an impact and ran on policy alone."),
      impacts: Type.Array(closed({ impact: text("Which."), count: integer("How many.") })),
      values: Type.Array(
        closed({
          currency: text("ISO 4217."),
          amount: text("Plain decimal."),
          count: integer("How many had an amount in it."),
        }),
      ),
    }),
    rules: Type.Array(RuleAnalyticsShape.schema),
    identities: Type.Array(
      closed({
        ...spread,
        identity: text("Its id."),
        requests: integer("Submitted."),
        held: integer("Of them held."),
        waited_ms: integer("All together."),
        human_minutes_per_week: minutes,
      }),
    ),
    reading: nullable(
      closed({
        measured: integer("Decisions that were looked at before."),
        faster_than_reading: integer("In less time than reading takes."),
      }),
    ),
    concentration: closed({
      people: integer("Who approved anything."),
      approvals: integer("All together."),
      largest_share: nullable(number("Of one person, from 0 to 1.")),
      three_largest_share: nullable(number("Of three people, from 0 to 1.")),
    }),
    overrides: integer("By people."),
    interrupts: integer("By people."),
    human_minutes_per_week: minutes,
    load: closed({
      sources: Type.Array(
        closed({
          source: text("Where approvals come from; `person`: all named persons together."),
          waiting: integer("How many wait now."),
          people: integer("Who can decide any of them now, and has not yet."),
          per_person: nullable(number("One by the other; null where nobody can.")),
          longest_wait_ms: integer("Of the oldest."),
        }),
      ),
      you: closed({
        waiting: integer("For the person who asks."),
        only_you: integer("Of them: nobody else can decide it now."),
        decided_24h: integer("By the person who asks, in the last 24 hours."),
        decided_7d: integer("By the person who asks, in the last 7 days."),
      }),
    }),
    own: closed({
      reviews: integer("Of the person who asks."),
      approved: integer("Of them approvals."),
      rejected: integer("Of them rejections."),
      share_of_approvals: nullable(number("From 0 to 1.")),
      measured: integer("Looked at before."),
      faster_than_reading: integer("In less time than reading takes."),
      median_reading_ms: nullable(integer("The middle of them.")),
      minutes_per_week: minutes,
    }),
  }),
);
