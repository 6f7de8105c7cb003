/** What text that is not known word for word may hold; bits, since pieces are joined. */
export const CARRIES = {
  nothing: 0,
  /** Fetched from another machine. */
  download: 1,
  /** A password, key or token, or the file of one. */
  secret: 2,
  /** Content of a file, or what a command printed. */
  data: 4,
  /** Came out of an encoding. */
  decoded: 8,
  /** The list of running processes. */
  processes: 32,
  /** All of the environment. */
  environment: 16,
} as const;

/** Bytes on their way: a pipe, a file's content, the output of a substitution. */
export interface Stream {
  /** Null: not known. */
  readonly text: string | null;
  readonly carries: number;
}

export const EMPTY: Stream = { text: "", carries: CARRIES.nothing };
export const UNTOLD: Stream = { text: null, carries: CARRIES.nothing };

/** Longest text followed through pipes and variables, in UTF-16 units. */
const MAX_FOLLOWED = 32_768;

export function carrying(carries: number): Stream {
  return { text: null, carries };
}

export function known(text: string, carries: number = CARRIES.nothing): Stream {
  return text.length > MAX_FOLLOWED ? carrying(carries) : { text, carries };
}

export function joined(first: Stream, second: Stream): Stream {
  const carries = first.carries | second.carries;
  if (first.text === null || second.text === null) return carrying(carries);
  return known(first.text + second.text, carries);
}
