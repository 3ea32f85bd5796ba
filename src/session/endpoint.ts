/** Where a partner is reached: a line of this machine and, on a line that reaches many, the address there. Opens nothing. */

/** One place that packets come from and go to; what the specification calls a source address (SER-11). */
export interface Endpoint {
  /** The name of one of our lines. */
  readonly line: string;
  /** The address on that line, as `127.0.0.1:2302` or `[::1]:2302`; `''` on serial, where the line is the address. */
  readonly address: string;
}

/** Equal for equal endpoints, and different for different ones. */
export function endpointKey({ line, address }: Endpoint): string {
  return `${line}\n${address}`;
}

/** An endpoint for people to read. */
export function endpointText({ line, address }: Endpoint): string {
  return address === '' ? line : `${address} on ${line}`;
}
