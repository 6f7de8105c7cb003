import { Fragment, type ReactNode } from "react";
import { grouped, piecesText, visiblePieces } from "../rendering/visible-pieces.ts";
import type { Shown, ShownMember, ShownObject, ShownText } from "../rendering/shown-value.ts";
import { Pieces, Suspicions } from "./visible-text.tsx";

/** A value, complete. Beside it what kind of value it is: `5000` may be a number or a text. */
export function ValueView({ shown }: { readonly shown: Shown }): ReactNode {
  switch (shown.kind) {
    case "text":
      return <TextView shown={shown} />;
    case "number":
      return (
        <span className="value">
          <span className="number">{shown.text}</span> <Kind>number{digitsOf(shown.text)}</Kind>
        </span>
      );
    case "boolean":
      return (
        <span className="value">
          <span className="literal">{String(shown.value)}</span> <Kind>yes or no</Kind>
        </span>
      );
    case "null":
      return (
        <span className="value">
          <span className="literal">null</span> <Kind>nothing</Kind>
        </span>
      );
    case "secret":
      return (
        <span className="value">
          <code className="secret">{shown.prefix}…</code>{" "}
          <Kind>secret: the first of {shown.length} characters of its commitment</Kind>
        </span>
      );
    case "list":
      return <ListView items={shown.items} />;
    case "object":
      return <MembersView shown={shown} />;
  }
}

function Kind({ children }: { readonly children: ReactNode }): ReactNode {
  return <span className="kind">{children}</span>;
}

function TextView({ shown }: { readonly shown: ShownText }): ReactNode {
  const { reading, misfit, length, lines } = shown;
  const extent = lines > 1 ? `, ${grouped(lines)} lines` : "";
  return (
    <span className="value">
      {reading === null ? null : (
        <>
          <span className="reading" data-kind={reading.kind}>
            {reading.text}
          </span>{" "}
          <span className="as-sent">as sent:</span>{" "}
        </>
      )}
      {length === 0 ? (
        <span className="literal">(empty)</span>
      ) : (
        <span className="text" data-block={lines > 1 || length > 80 ? true : undefined}>
          <Pieces pieces={shown.pieces} />
        </span>
      )}{" "}
      <Kind>
        text, {grouped(length)} {length === 1 ? "character" : "characters"}
        {extent}
      </Kind>
      {misfit === null ? null : (
        <span className="suspicions">is not in the schema’s format “{misfit}”</span>
      )}
      <Suspicions found={shown.suspicions} />
    </span>
  );
}

function ListView({ items }: { readonly items: readonly Shown[] }): ReactNode {
  return (
    <div className="value nested">
      <Kind>
        list of {grouped(items.length)} {items.length === 1 ? "item" : "items"}
      </Kind>
      {items.length === 0 ? null : (
        <ol className="items" start={0}>
          {items.map((item, index) => (
            // A list is complete and never changes while it is shown.
            <li key={index}>
              <span className="index">{index}</span>
              <ValueView shown={item} />
            </li>
          ))}
        </ol>
      )}
    </div>
  );
}

/** An object's members, in the order of the canonical bytes. */
function MembersView({ shown }: { readonly shown: ShownObject }): ReactNode {
  const { members } = shown;
  return (
    <div className="value nested">
      <Kind>
        {grouped(members.length)} {members.length === 1 ? "field" : "fields"}
      </Kind>
      <Fields shown={shown} />
    </div>
  );
}

/** The fields of an object, each with its name and value. */
export function Fields({ shown }: { readonly shown: ShownObject }): ReactNode {
  return (
    <>
      {shown.lookalikes.map((keys) => (
        <p key={keys.join("\n")} className="suspicions">
          These fields look alike and are not the same:{" "}
          {keys.map((key, index) => (
            <Fragment key={key}>
              {index === 0 ? null : ", "}“<bdi>{piecesText(visiblePieces(key))}</bdi>”{codesOf(key)}
            </Fragment>
          ))}
        </p>
      ))}
      {shown.members.length === 0 ? null : (
        <dl className="fields">
          {shown.members.map((member) => (
            <MemberView key={member.key} member={member} />
          ))}
        </dl>
      )}
    </>
  );
}

function MemberView({ member }: { readonly member: ShownMember }): ReactNode {
  return (
    <div className="member">
      <dt>
        {member.label.length === 0 ? (
          <span className="literal">(empty name)</span>
        ) : (
          <Pieces pieces={member.label} />
        )}
        {member.undeclared ? <span className="undeclared">not in the schema</span> : null}
        <Suspicions found={member.suspicions} />
      </dt>
      <dd>
        <ValueView shown={member.shown} />
      </dd>
    </div>
  );
}

/** Look-alikes told apart: what is not plain ASCII by its code point. */
function codesOf(key: string): string {
  const codes = [...key]
    .filter((letter) => letter < "!" || letter > "~")
    .map(
      (letter) => `U+${(letter.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`,
    );
  return codes.length === 0 ? "" : ` (${[...new Set(codes)].join(", ")})`;
}

/** Digits are counted where an eye would miscount them. */
function digitsOf(text: string): string {
  const digits = text.replace(/[^0-9]/g, "").length;
  return digits > 6 ? `, ${digits} digits` : "";
}
