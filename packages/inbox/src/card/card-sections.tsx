import type { BudgetView, Card, CardRule } from "@haltpoint/protocol";
import type { ReactNode } from "react";
import { Link } from "wouter";
import { moneyReading, DEFAULT_READER } from "../rendering/reading.ts";
import { grouped } from "../rendering/visible-pieces.ts";
import { At } from "../time/times.tsx";
import { nameOf, namesOn } from "./outcome-words.ts";
import { SectionTitle } from "./section-title.tsx";
import { ServerText, VisibleText } from "./visible-text.tsx";

/** Who asks, who answers for it, for whom. */
export function CardFacts({ card }: { readonly card: Card }): ReactNode {
  const { request } = card;
  const names = namesOn(card);
  const labels: readonly (readonly [string, ReactNode])[] = [
    [
      "agent",
      <>
        <VisibleText key="id" text={request.identity.id} />{" "}
        <span className="kind">{request.identity.type}</span>
      </>,
    ],
    ["owner", nameOf(request.identity.owner, names)],
    [
      "on behalf of",
      request.on_behalf_of === null ? "nobody named" : nameOf(request.on_behalf_of, names),
    ],
    ["asked", <At key="at" at={request.created_at} />],
    ["request", <code key="short">{request.short_id}</code>],
  ];
  return (
    <dl className="facts">
      {labels.map(([label, value]) => (
        <div key={label} className="fact">
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** The rules, and the values that made them apply. */
export function Why({ card }: { readonly card: Card }): ReactNode {
  const { because, request } = card;
  return (
    <section className="card-part" aria-labelledby="card-why">
      <SectionTitle id="card-why">
        {request.status === "held" ? "Why it is held" : "Why it was held"}
      </SectionTitle>
      {because.length === 0 ? (
        <ul className="rules">
          {request.reasons.map((reason) => (
            <li key={reason}>{reason}</li>
          ))}
        </ul>
      ) : (
        <ul className="rules">
          {because.map((rule) => (
            <RuleView key={rule.rule} rule={rule} />
          ))}
        </ul>
      )}
      <Budgets budgets={request.budgets} />
      {request.quorum === null || request.quorum.needed.length === 0 ? null : (
        <p className="hint">
          Needs{" "}
          {request.quorum.needed
            .map(({ count, from }) => `${count} of ${from.join(" or ").replaceAll("_", " ")}`)
            .join(", and ")}
          .
        </p>
      )}
    </section>
  );
}

/** What counts with this request, against the limit of each budget that took part. */
function Budgets({ budgets }: { readonly budgets: readonly BudgetView[] }): ReactNode {
  if (budgets.length === 0) return null;
  return (
    <ul className="rules">
      {budgets.map(({ name, text, over }) => (
        <li key={name} className="rule">
          <p>
            Budget: <ServerText text={text} /> <code className="rule-id">{name}</code>{" "}
            {over ? <span className="kind">over the limit</span> : null}
          </p>
        </li>
      ))}
    </ul>
  );
}

function RuleView({ rule }: { readonly rule: CardRule }): ReactNode {
  const values = Object.entries(rule.values);
  return (
    <li className="rule">
      <p>
        {rule.why} <code className="rule-id">{rule.rule}</code>{" "}
        {rule.outcome === "shadow" ? <span className="kind">shadow: not in force</span> : null}
        {rule.outcome === "error" ? <span className="kind">could not be judged</span> : null}
      </p>
      {rule.detail === null ? null : <p className="hint">{rule.detail}</p>}
      {values.length === 0 ? null : (
        <ul className="matched">
          {values.map(([path, value]) => (
            <li key={path}>
              <code>
                <VisibleText text={path} />
              </code>{" "}
              = <ServerText text={value} />
            </li>
          ))}
        </ul>
      )}
    </li>
  );
}

/** What follows from it, against what ran before. */
export function Effects({ card }: { readonly card: Card }): ReactNode {
  const { effects } = card;
  if (effects === null) return null;
  const { reversible, amount, compared } = effects;
  const firsts = effects.first_for.filter(({ first }) => first);
  return (
    <section className="card-part" aria-labelledby="card-effects">
      <SectionTitle id="card-effects">Effects</SectionTitle>
      <ul className="effects">
        <li data-tone={reversible === true ? undefined : "warn"}>
          {reversible === null
            ? "Nobody said whether it can be undone."
            : reversible
              ? "It can be undone."
              : "It cannot be undone."}
        </li>
        {amount === null ? null : (
          <li data-tone={(amount.times_median ?? 0) >= 2 ? "warn" : undefined}>
            {amountWords(amount)}
          </li>
        )}
        {firsts.map(({ path, value }) => (
          <li key={path} data-tone="warn">
            First time for <ServerText text={value} /> (<VisibleText text={path} />
            ).
          </li>
        ))}
        {effects.first_for_resource ? <li data-tone="warn">First time on this resource.</li> : null}
        <li className="hint">
          Compared with {grouped(compared.count)} {compared.count === 1 ? "run" : "runs"} of the
          last 30 days{compared.complete ? "" : ", not all of them"}.
        </li>
      </ul>
    </section>
  );
}

function amountWords(amount: NonNullable<NonNullable<Card["effects"]>["amount"]>): string {
  const money = (text: string): string => moneyReading(text, DEFAULT_READER)?.text ?? text;
  const asked = money(`${amount.amount} ${amount.currency}`);
  const { median_30d: median, times_median: times } = amount;
  if (median === null) return `${asked}; nothing of this kind ran in 30 days.`;
  const compared = times === null ? "" : `, ${times} times the usual`;
  return `${asked}${compared}; half of those in 30 days were below ${money(median)}.`;
}

export function Similar({ card }: { readonly card: Card }): ReactNode {
  const { similar } = card;
  const names = namesOn(card);
  if (similar.length === 0) return null;
  return (
    <section className="card-part" aria-labelledby="card-similar">
      <SectionTitle id="card-similar">Similar decisions</SectionTitle>
      <ul className="similar">
        {similar.map((each) => (
          <li key={each.id}>
            <span className="verdict" data-verdict={each.verdict}>
              {each.verdict}
            </span>{" "}
            <Link href={`/r/${each.id}`}>
              <ServerText text={each.title} />
            </Link>{" "}
            <span className="hint">
              by {nameOf(each.decided.by, names)}, <At at={each.at} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** What was asked of the agent; its answer is data, nobody checked it. */
export function Questions({ card }: { readonly card: Card }): ReactNode {
  const { question } = card.request;
  if (question === null) return null;
  return (
    <section className="card-part" aria-labelledby="card-question">
      <SectionTitle id="card-question">Question to the agent</SectionTitle>
      <p>
        <span className="hint">{nameOf(question.by, namesOn(card))} asked:</span>{" "}
        <VisibleText text={question.text} lines />
      </p>
      {question.answer === null ? (
        <p className="hint">No answer yet; the deadline waits for it, 30 minutes at most.</p>
      ) : (
        <div className="agent-says">
          <p className="says-head">The agent answers — unverified</p>
          <p className="said">
            <VisibleText text={question.answer} lines />
          </p>
        </div>
      )}
    </section>
  );
}

export function Timeline({ card }: { readonly card: Card }): ReactNode {
  return (
    <section className="card-part" aria-labelledby="card-timeline">
      <SectionTitle id="card-timeline">Timeline</SectionTitle>
      <ol className="timeline">
        {card.timeline.map((item) => (
          <li key={item.sequence}>
            <At at={item.at} /> <ServerText text={item.text} />
            {item.said === null ? null : (
              <blockquote className="said">
                <VisibleText text={item.said} lines />
              </blockquote>
            )}
          </li>
        ))}
      </ol>
    </section>
  );
}

/** The bytes the digest is over, as they are. */
export function RawBytes({
  card,
  isShown,
  onToggle,
}: {
  readonly card: Card;
  readonly isShown: boolean;
  readonly onToggle: () => void;
}): ReactNode {
  const { canonical, digest } = card;
  return (
    <section className="card-part raw" aria-labelledby="card-raw">
      <SectionTitle id="card-raw">Exact content</SectionTitle>
      <p>
        <span className="hint">digest</span> <code className="digest">{digest}</code>
      </p>
      {canonical === null ? null : (
        <>
          <button
            type="button"
            className="button"
            aria-expanded={isShown}
            aria-keyshortcuts="V"
            onClick={onToggle}
          >
            {isShown ? "Hide raw bytes" : "Show raw bytes"} <kbd aria-hidden="true">V</kbd>
          </button>
          {isShown ? (
            <pre className="bytes" tabIndex={0} aria-label="Raw bytes">
              <VisibleText text={canonical} />
            </pre>
          ) : null}
        </>
      )}
    </section>
  );
}
