/** A first-in first-out store of bytes in one growing piece of memory. Knows no limit: its owner does. */

const INITIAL_CAPACITY = 1_024;

/** Bytes in order; appended at the tail, taken from the head, both without an allocation per call. */
export class ByteQueue {
  #bytes = new Uint8Array(INITIAL_CAPACITY);
  #head = 0;
  #tail = 0;

  /** How many bytes are held. */
  get length(): number {
    return this.#tail - this.#head;
  }

  /** Copies `bytes` to the tail. */
  append(bytes: Uint8Array): void {
    this.#makeRoom(bytes.length);
    this.#bytes.set(bytes, this.#tail);
    this.#tail += bytes.length;
  }

  /** Puts one byte at the tail. */
  push(byte: number): void {
    this.#makeRoom(1);
    this.#bytes[this.#tail++] = byte;
  }

  /** Removes up to `count` bytes from the head and returns a view of them, good until the next append or push. */
  take(count: number): Uint8Array {
    const start = this.#head;
    this.#head = Math.min(this.#tail, start + count);
    return this.#bytes.subarray(start, this.#head);
  }

  /** A view of up to `count` bytes at the head, which stay; good until the next append or push. */
  peek(count: number): Uint8Array {
    return this.#bytes.subarray(this.#head, Math.min(this.#tail, this.#head + count));
  }

  /** Forgets everything. */
  clear(): void {
    this.#head = 0;
    this.#tail = 0;
  }

  #makeRoom(count: number): void {
    if (this.#tail + count <= this.#bytes.length) return;
    const held = this.length;
    const wanted = held + count;
    // Moving within the same memory only when at most half is live keeps the copying linear in what passes.
    const room = wanted * 2 <= this.#bytes.length ? this.#bytes : new Uint8Array(wanted * 2);
    room.set(this.#bytes.subarray(this.#head, this.#tail));
    this.#bytes = room;
    this.#head = 0;
    this.#tail = held;
  }
}
