/** What the bench uses of npm's `slip` 1.0.2, which has no types. */
declare module 'slip' {
  interface Slip {
    encode(data: Uint8Array): Uint8Array;
    Decoder: new (options: {
      onMessage: (message: Uint8Array) => void;
      maxMessageSize?: number;
      bufferSize?: number;
    }) => { decode(data: Uint8Array): void };
  }
  const slip: Slip;
  export default slip;
}
