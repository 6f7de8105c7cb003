import { TERMINAL_STATUSES, type Card } from "@haltpoint/protocol";
import { useMemo, useState, type ReactNode } from "react";
import type { Failure } from "../api/failure.ts";
import { useNow } from "../time/use-now.ts";
import { clockWords } from "../time/words.ts";
import { Alike } from "./alike.tsx";
import { Arguments, AgentSays } from "./arguments-view.tsx";
import { Changes } from "./change-view.tsx";
import { DecisionBar } from "./decision-bar.tsx";
import {
  CardFacts,
  Effects,
  Questions,
  RawBytes,
  Similar,
  Timeline,
  Why,
} from "./card-sections.tsx";
import { Impact } from "./impact.tsx";
import { decidedWords, namesOn, standingWords } from "./outcome-words.ts";
import { RiskMark } from "./risk-mark.tsx";
import { CardLevel, SectionTitle } from "./section-title.tsx";
import { TimeLeft } from "./time-left.tsx";
import { useCardLock, useReadingTime } from "./use-card.ts";
import { verifiedCard, type VerifiedCard } from "./verified-card.ts";
import { ServerText, VisibleText } from "./visible-text.tsx";
import "./card.css";
import "./values.css";

/** The card, in one order always: what, how grave, who, why, what follows, the content, the rest. */
export function CardView({
  card,
  level,
}: {
  readonly card: Card;
  /** Of its heading: 1 on its own page. */
  readonly level: 1 | 2;
}): ReactNode {
  const { request } = card;
  const verified = useMemo(() => verifiedCard(card), [card]);
  const readMs = useReadingTime(request.id);
  const isLocked = useCardLock(`${request.id} ${request.version} ${card.digest}`);
  const [overtaken, setOvertaken] = useState<Failure | null>(null);
  const [isRawShown, setRawShown] = useState(false);
  const Heading = level === 1 ? "h1" : "h2";
  const displayed = { card, ...digestsOf(card, verified), readMs };
  return (
    <CardLevel value={level}>
      <article className="card" data-risk={request.risk} aria-labelledby="card-sentence">
        <header className="card-head">
          <Heading id="card-sentence" className="sentence">
            <ServerText text={card.sentence} />
          </Heading>
          <Standing card={card} />
          <Alike card={card} />
        </header>
        <Overtaken failure={overtaken} card={card} />
        {verified.kind === "contradictory" ? (
          <p role="alert" className="note" data-tone="danger">
            This card contradicts itself: {verified.why}. Nothing can be decided here. Tell an
            operator.
          </p>
        ) : (
          <DecisionBar
            displayed={displayed}
            isLocked={isLocked}
            onOvertaken={setOvertaken}
            onRaw={() => setRawShown((before) => !before)}
          />
        )}
        <CardFacts card={card} />
        <Why card={card} />
        <Impact card={card} />
        <Effects card={card} />
        {verified.kind === "verified" ? (
          <Arguments
            content={verified.content}
            schema={card.schema}
            isOver={TERMINAL_STATUSES.includes(request.status)}
          />
        ) : null}
        {verified.kind === "metadata" ? <Unseen /> : null}
        <Edited card={card} />
        <Similar card={card} />
        {verified.kind === "verified" ? <AgentSays content={verified.content} /> : null}
        <Questions card={card} />
        <Timeline card={card} />
        <RawBytes
          card={card}
          isShown={isRawShown}
          onToggle={() => setRawShown((before) => !before)}
        />
      </article>
    </CardLevel>
  );
}

function Edited({ card: { request, schema } }: { readonly card: Card }): ReactNode {
  if (request.changes.length === 0) return null;
  return (
    <section className="card-part" aria-labelledby="card-changes">
      <SectionTitle id="card-changes">Edited: what was asked, and what would run</SectionTitle>
      <Changes changes={request.changes} schema={schema} />
    </section>
  );
}

/** What a decision carries; without sight of the arguments only a no, which needs no second. */
function digestsOf(
  card: Card,
  verified: VerifiedCard,
): { readonly digest: string; readonly displayDigest: string | null } {
  if (verified.kind !== "verified") return { digest: card.digest, displayDigest: null };
  return { digest: verified.digest, displayDigest: verified.displayDigest };
}

function Unseen(): ReactNode {
  return (
    <p className="note" data-tone="warn">
      You may see that this is asked, but not its arguments: they are for its reviewers, its owner
      and auditors.
    </p>
  );
}

/** Risk, assurance, whether it can be stopped, quorum so far, time left: in words. */
function Standing({ card }: { readonly card: Card }): ReactNode {
  const { request } = card;
  const now = useNow(60_000);
  const { quorum, decided } = request;
  const names = namesOn(card);
  return (
    <>
      <ul className="standing" aria-label="At a glance">
        <li>
          <RiskMark risk={request.risk} />
        </li>
        <li className="assurance">{request.assurance}</li>
        <li>{STOPPABLE[request.stoppable]}</li>
        {quorum === null || request.status !== "held" ? null : (
          <li>
            <span className="figures">
              {quorum.filled} of {quorum.slots}
            </span>{" "}
            {quorum.slots === 1 ? "approval" : "approvals"}
          </li>
        )}
        {request.status === "held" || request.status === "approved" ? (
          <li>
            <TimeLeft request={request} />
          </li>
        ) : null}
        {card.for.map(({ id, name }) => (
          <li key={id} className="for">
            for {name}
          </li>
        ))}
      </ul>
      {request.status === "held" ? null : (
        <p className="standing-words" data-status={request.status}>
          {standingWords(request)}{" "}
          {decided === null || request.status === "expired" ? null : (
            <VisibleText text={decidedWords(decided, (at) => clockWords(at, now), names)} />
          )}
        </p>
      )}
      {quorum?.impossible === true && request.status === "held" ? (
        <p className="note" data-tone="warn">
          Nobody who may decide this exists at present. The rule’s owner is told.
        </p>
      ) : null}
      {request.halt === null ? null : (
        <p className="note" data-tone="danger">
          A halt is in force: it does not start until that is lifted.
        </p>
      )}
    </>
  );
}

const STOPPABLE = {
  yes: "can be stopped while it runs",
  until_sent: "can be stopped until it is sent",
  no: "cannot be stopped once it runs",
} as const;

/** Always there, so that it is announced when it comes. */
function Overtaken({
  failure,
  card,
}: {
  readonly failure: Failure | null;
  readonly card: Card;
}): ReactNode {
  const now = useNow(60_000);
  const names = namesOn(card);
  return (
    <div role="alert" className="alert-slot">
      {failure === null ? null : (
        <div className="note" data-tone="danger">
          <p>{overtakenWords(failure, (at) => clockWords(at, now), names)}</p>
          {failure.diff === undefined || failure.diff.length === 0 ? null : (
            <Changes changes={failure.diff} schema={card.schema} />
          )}
        </div>
      )}
    </div>
  );
}

function overtakenWords(
  failure: Failure,
  clock: (at: number) => string,
  names: ReadonlyMap<string, string>,
): string {
  const nothing = "Your click changed nothing.";
  if (failure.code === "stale_revision") {
    return `It was edited while you looked. ${nothing} What changed:`;
  }
  if (failure.code === "expired") return `Nobody decided; nothing ran. ${nothing}`;
  if (failure.decided !== undefined) {
    return `${decidedWords(failure.decided, clock, names)} ${nothing}`;
  }
  if (failure.code === "offline") return `${failure.detail}.`;
  return `${failure.detail}. ${nothing}`;
}
