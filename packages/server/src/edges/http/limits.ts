/** Named limits of the HTTP edge. An answer that ran into one says its name and value. */
import { DEFAULT_JSON_LIMITS, DEPTH_MAX, type JsonLimits } from "@haltpoint/protocol";

export interface HttpLimits {
  readonly bodyBytesMax: number;
  readonly arrayLengthMax: number;
  readonly objectKeysMax: number;
  readonly stringLengthMax: number;
  /** Callers that are kept waiting (long polls) at once. */
  readonly waitingCallersMax: number;
  /** Readers of the event stream at once. */
  readonly eventClientsMax: number;
  /** Bytes kept for one reader of the event stream that reads slower than things happen. */
  readonly eventBufferBytesMax: number;
  /** How long such a reader may leave its buffer full before it is cut off; it may resume. */
  readonly eventStallMs: number;
  readonly eventCommentMs: number;
  /** How long a request's bytes may take to arrive. */
  readonly requestArrivalMs: number;
  /** How long a stopping server waits for answers under way. */
  readonly stopMs: number;
}

export const DEFAULT_HTTP_LIMITS: HttpLimits = {
  bodyBytesMax: 2_097_152,
  arrayLengthMax: DEFAULT_JSON_LIMITS.arrayLengthMax,
  objectKeysMax: DEFAULT_JSON_LIMITS.objectKeysMax,
  stringLengthMax: DEFAULT_JSON_LIMITS.stringLengthMax,
  waitingCallersMax: 20_000,
  eventClientsMax: 1_000,
  eventBufferBytesMax: 1_048_576,
  eventStallMs: 10_000,
  eventCommentMs: 15_000,
  requestArrivalMs: 30_000,
  stopMs: 4_000,
};

/** The reader's limits; a body cannot have more characters than bytes. */
export function jsonLimits(limits: HttpLimits): JsonLimits {
  return {
    depthMax: DEPTH_MAX,
    arrayLengthMax: limits.arrayLengthMax,
    objectKeysMax: limits.objectKeysMax,
    stringLengthMax: limits.stringLengthMax,
    textLengthMax: limits.bodyBytesMax,
  };
}

/** How the limits are called in problems and in the documentation. */
export const JSON_LIMIT_NAMES: Readonly<Record<keyof JsonLimits, string>> = {
  depthMax: "json_depth",
  arrayLengthMax: "json_array_length",
  objectKeysMax: "json_object_keys",
  stringLengthMax: "json_string_length",
  textLengthMax: "body_bytes",
};
