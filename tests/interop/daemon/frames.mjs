/** A message with its header. */
export function framed(message) {
  const body = Buffer.from(typeof message === "string" ? message : JSON.stringify(message));
  return Buffer.concat([Buffer.from(`Content-Length: ${body.length}\r\n\r\n`), body]);
}

/** Cuts what comes into messages. */
export class Frames {
  #bytes = Buffer.alloc(0);
  #take;

  constructor(take) {
    this.#take = take;
  }

  feed(bytes) {
    this.#bytes = Buffer.concat([this.#bytes, bytes]);
    for (;;) {
      const end = this.#bytes.indexOf("\r\n\r\n");
      if (end < 0) return;
      const length = Number(/^Content-Length: (\d+)/.exec(this.#bytes.toString("latin1", 0, end))[1]);
      if (this.#bytes.length < end + 4 + length) return;
      const body = this.#bytes.subarray(end + 4, end + 4 + length);
      this.#bytes = this.#bytes.subarray(end + 4 + length);
      this.#take(JSON.parse(body.toString()));
    }
  }
}
