/** Unpredictable bytes, from the operating system's source. */
export interface Random {
  bytes(count: number): Uint8Array;
}
