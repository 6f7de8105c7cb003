/** How a body is sent: mostly as it should be, now and then declared as what it is not. */
import { gzipSync } from "node:zlib";
import type { SeededRandom } from "../../simulation/seeded-random.ts";
import type { Expected } from "./refusal-oracle.ts";
import type { Body } from "./body-mutations.ts";

export interface Framed {
  readonly how: string;
  readonly headers: readonly string[];
  readonly pieces: readonly Uint8Array[];
  readonly hangsUp?: boolean;
  readonly expected: Expected;
}

export const TEN_MB = 10 * 1_048_576;
const REFUSED: Expected = { mustRefuse: true };
/** A server may also just close on a peer that goes on sending, or stops, against its word. */
const CUT: Expected = { mustRefuse: true, mayBeSilent: true };
const JSON_TYPE = "Content-Type: application/json";

export function framed(body: Body, random: SeededRandom): Framed {
  const { bytes, expected } = body;
  const length = `Content-Length: ${bytes.length}`;
  const plain = { headers: [JSON_TYPE, length], pieces: [bytes] };
  const how = random.weighted({
    plain: 60,
    chunked: 8,
    type: 6,
    noType: 2,
    encoding: 4,
    gzip: 2,
    tooShort: 3,
    tooLong: 3,
    badLength: 3,
    twoLengths: 2,
    lengthAndChunks: 2,
    badChunk: 2,
    declared10Mb: 1,
    chunked10Mb: 1,
  });
  switch (how) {
    case "plain":
      return { how, ...plain, expected };
    case "chunked":
      return { how, ...chunked(splitUp(bytes, random)), expected };
    case "type": {
      const type = random.pick([
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json; charset=utf-16",
        "application/jsonx",
        "application/problem+json",
        "*/*",
        "x".repeat(3_000),
        ";",
      ]);
      return {
        how,
        headers: [`Content-Type: ${type}`, length],
        pieces: [bytes],
        expected: REFUSED,
      };
    }
    case "noType":
      return { how, headers: [length], pieces: [bytes], expected: REFUSED };
    case "encoding": {
      const encoding = random.pick(["gzip", "br", "deflate", "zstd", "gzip, gzip", "x"]);
      return {
        how,
        headers: [...plain.headers, `Content-Encoding: ${encoding}`],
        pieces: [bytes],
        expected: REFUSED,
      };
    }
    case "gzip": {
      // A small body that unpacks to 10 MB.
      const packed = gzipSync(Buffer.alloc(TEN_MB, " "));
      const headers = [JSON_TYPE, `Content-Length: ${packed.length}`, "Content-Encoding: gzip"];
      return { how, headers, pieces: [packed], expected: REFUSED };
    }
    case "tooShort": {
      const headers = [JSON_TYPE, `Content-Length: ${Math.max(0, bytes.length - 3)}`];
      return { how, headers, pieces: [bytes], expected: REFUSED };
    }
    case "tooLong": {
      const headers = [JSON_TYPE, `Content-Length: ${bytes.length + 100}`];
      return { how, headers, pieces: [bytes], hangsUp: true, expected: CUT };
    }
    case "badLength": {
      const value = random.pick(["-1", "1e3", "0x10", "99999999999999999999", "", "3, 4", "abc"]);
      const headers = [JSON_TYPE, `Content-Length: ${value}`];
      return { how, headers, pieces: [bytes], expected: CUT };
    }
    case "twoLengths": {
      const headers = [...plain.headers, "Content-Length: 1"];
      return { how, headers, pieces: [bytes], expected: CUT };
    }
    case "lengthAndChunks": {
      const { headers, pieces } = chunked([bytes]);
      return { how, headers: [...headers, length], pieces, expected: CUT };
    }
    case "badChunk": {
      const size = random.pick(["zz", "-1", "ffffffffffffffffff", "5;x=\u0001"]);
      const pieces = [Buffer.from(`${size}\r\n`), bytes, Buffer.from("\r\n0\r\n\r\n")];
      return { how, headers: chunked([]).headers, pieces, expected: CUT };
    }
    case "declared10Mb": {
      const headers = [JSON_TYPE, `Content-Length: ${TEN_MB}`];
      return { how, headers, pieces: [Buffer.alloc(TEN_MB, "[")], expected: CUT };
    }
    case "chunked10Mb":
      return { how, ...chunked([Buffer.alloc(TEN_MB, "[")]), expected: CUT };
  }
}

export function chunked(pieces: readonly Uint8Array[]): {
  readonly headers: readonly string[];
  readonly pieces: readonly Uint8Array[];
} {
  const framedPieces = pieces
    .filter((piece) => piece.length > 0)
    .map((piece) =>
      Buffer.concat([Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from("\r\n")]),
    );
  return {
    headers: [JSON_TYPE, "Transfer-Encoding: chunked"],
    pieces: [...framedPieces, Buffer.from("0\r\n\r\n")],
  };
}

function splitUp(bytes: Buffer, random: SeededRandom): readonly Uint8Array[] {
  if (bytes.length === 0) return [];
  const at = random.below(bytes.length);
  return [bytes.subarray(0, at), bytes.subarray(at)];
}
