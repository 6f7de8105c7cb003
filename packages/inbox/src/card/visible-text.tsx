import { hasHiddenText } from "@haltpoint/protocol";
import type { ReactNode } from "react";
import { type Piece, tokenText, visiblePieces } from "../rendering/visible-pieces.ts";
import type { Suspicion } from "../rendering/suspicions.ts";
import "./marks.css";

/**
 * Text of an agent's or a person's: plain text nodes and tokens, nothing else. Isolated, so that its
 * direction stays its own.
 */
export function Pieces({ pieces }: { readonly pieces: readonly Piece[] }): ReactNode {
  return <bdi className="pieces">{pieceNodes(pieces)}</bdi>;
}

export function VisibleText({
  text,
  lines = false,
}: {
  readonly text: string;
  readonly lines?: boolean;
}): ReactNode {
  return <Pieces pieces={visiblePieces(text, { lines })} />;
}

const SERVER_TOKEN = /(«U\+[0-9A-F]{4,6}»(?:×\d+)?)/;

/** A sentence of the server's, in which what is invisible has become tokens already. */
export function ServerText({ text }: { readonly text: string }): ReactNode {
  return (
    <bdi className="pieces">
      {text.split(SERVER_TOKEN).map((part, index) => {
        if (index % 2 === 0) return hasHiddenText(part) ? pieceNodes(visiblePieces(part)) : part;
        return (
          <span key={index} className="token">
            {part}
          </span>
        );
      })}
    </bdi>
  );
}

/** Tokens that follow one another are one element: there may be tens of thousands. */
function pieceNodes(pieces: readonly Piece[]): readonly ReactNode[] {
  const nodes: ReactNode[] = [];
  let tokens = "";
  const flush = (): void => {
    if (tokens === "") return;
    nodes.push(
      <span key={nodes.length} className="token">
        {tokens}
      </span>,
    );
    tokens = "";
  };
  for (const piece of pieces) {
    if (piece.kind === "token") {
      tokens += tokenText(piece);
      continue;
    }
    flush();
    nodes.push(piece.text);
  }
  flush();
  return nodes;
}

/** What to know before believing one's eyes. */
export function Suspicions({ found }: { readonly found: readonly Suspicion[] }): ReactNode {
  if (found.length === 0) return null;
  return (
    <ul className="suspicions" aria-label="Look closely">
      {found.map(({ kind, says }, index) => (
        <li key={`${kind}-${index}`}>{says}</li>
      ))}
    </ul>
  );
}
