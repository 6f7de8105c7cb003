/** Named limits of the HTTP edge. An answer that ran into one says its name and value. */
import {
  DEFAULT_JSON_LIMITS,
  DEPTH_MAX,
  type JsonLimits,
  type ProblemCode,
} from "@haltpoint/protocol";

export interface HttpLimits {
  readonly bodyBytesMax: number;
  readonly arrayLengthMax: number;
  readonly objectKeysMax: number;
  readonly stringLengthMax: number;
  /** Callers that are kept waiting (long polls) at once. */
  readonly waitingCallersMax: number;
  /** Of one identity or person. */
  readonly waitingCallersEachMax: number;
  /** Readers of the event stream at once. */
  readonly eventClientsMax: number;
  /** Of one person. */
  readonly eventClientsEachMax: number;
  /** Callers at once for whom all that is on record is looked through. */
  readonly walksMax: number;
  /** Of one person. */
  readonly walksEachMax: number;
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
  waitingCallersEachMax: 2_000,
  eventClientsMax: 1_000,
  eventClientsEachMax: 8,
  walksMax: 2,
  walksEachMax: 1,
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

interface NamedLimit {
  /** As problems and the documentation say it. */
  readonly name: string;
  readonly about: string;
  /** How going over it is answered. */
  readonly code: ProblemCode | null;
}

/** What each limit is called. */
export const HTTP_LIMITS: Readonly<Record<keyof HttpLimits, NamedLimit>> = {
  bodyBytesMax: {
    name: "body_bytes",
    about: "bytes of a body",
    code: "payload_too_large",
  },
  arrayLengthMax: {
    name: "json_array_length",
    about: "elements of one array in a body",
    code: "payload_too_large",
  },
  objectKeysMax: {
    name: "json_object_keys",
    about: "keys of one object in a body",
    code: "payload_too_large",
  },
  stringLengthMax: {
    name: "json_string_length",
    about: "characters of one string in a body",
    code: "payload_too_large",
  },
  waitingCallersMax: {
    name: "waiting_callers",
    about: "callers in a long poll at once",
    code: "too_many_requests",
  },
  waitingCallersEachMax: {
    name: "waiting_callers_each",
    about: "of these of one identity or person",
    code: "too_many_requests",
  },
  eventClientsMax: {
    name: "event_clients",
    about: "readers of the event stream at once",
    code: "too_many_requests",
  },
  eventClientsEachMax: {
    name: "event_clients_each",
    about: "of these of one person",
    code: "too_many_requests",
  },
  walksMax: {
    name: "walks",
    about: "callers at once for whom all that is on record is looked through",
    code: "too_many_requests",
  },
  walksEachMax: {
    name: "walks_each",
    about: "of these of one person",
    code: "too_many_requests",
  },
  eventBufferBytesMax: {
    name: "event_buffer_bytes",
    about: "bytes kept for one slow reader of events",
    code: null,
  },
  eventStallMs: {
    name: "event_stall_ms",
    about: "milliseconds that buffer may stay full before the reader is cut off",
    code: null,
  },
  eventCommentMs: {
    name: "event_comment_ms",
    about: "milliseconds between comments on a quiet stream",
    code: null,
  },
  requestArrivalMs: {
    name: "request_arrival_ms",
    about: "milliseconds a request may take to arrive",
    code: "invalid_request",
  },
  stopMs: {
    name: "stop_ms",
    about: "milliseconds a stopping server waits for answers under way",
    code: null,
  },
};

/** What a limit of the JSON reader is called in problems. */
export const JSON_LIMIT_NAMES: Readonly<Record<keyof JsonLimits, string>> = {
  depthMax: "json_depth",
  arrayLengthMax: HTTP_LIMITS.arrayLengthMax.name,
  objectKeysMax: HTTP_LIMITS.objectKeysMax.name,
  stringLengthMax: HTTP_LIMITS.stringLengthMax.name,
  textLengthMax: HTTP_LIMITS.bodyBytesMax.name,
};
