import { connect, createServer } from "node:net";

/**
 * The network between a server and those who come through here. It can be cut and mended, and
 * may be slow, jammed, or broken on one side only. What is taken is passed on whole and in order,
 * or the connection ends.
 */
export class Relay {
  #to;
  #server = null;
  #lines = new Set();
  #weather = kFine;
  port = 0;

  /** @param {number} to the server's port */
  static async start(to) {
    const relay = new Relay();
    relay.#to = to;
    await relay.#listen();
    return relay;
  }

  async #listen() {
    this.#server = createServer((near) => {
      const line = new Line(near, connect(this.#to, "127.0.0.1"), () => this.#lines.delete(line));
      line.feel(this.#weather);
      this.#lines.add(line);
    });
    await new Promise((resolve) => this.#server.listen(this.port, "127.0.0.1", resolve));
    this.port = this.#server.address().port;
  }

  #change(weather) {
    this.#weather = weather;
    for (const line of this.#lines) line.feel(weather);
  }

  /** Everything gets through at once again; what was cut may come back. */
  async mend() {
    this.#change(kFine);
    if (!this.#server) await this.#listen();
  }
  /** From now on nobody gets through, and whoever was connected is not any more. */
  cut() {
    this.#server?.close();
    this.#server = null;
    for (const line of this.#lines) line.end();
  }
  /** Whoever is connected is not any more, and may come back at once. */
  interrupt() {
    for (const line of this.#lines) line.end();
  }
  /** Everything is taken, and nothing arrives before it is mended. */
  stall() {
    this.#change({ ...kFine, isJammed: true });
  }
  /** Everything arrives so much later. */
  delay(ms) {
    this.#change({ ...kFine, delay: ms });
  }
  /** A few bytes at a time. */
  trickle(bytes, pause) {
    this.#change({ ...kFine, piece: bytes, pause });
  }
  /** The server's side is gone, and nobody on this side hears of it. New connections are well. */
  halfOpen() {
    for (const line of this.#lines) line.loseFarEnd();
  }

  async end() {
    this.cut();
  }
}

const kFine = { isJammed: false, delay: 0, piece: Infinity, pause: 0 };

/** One connection through the relay. */
class Line {
  #near;
  #far;
  #ways;
  #whenOver;

  constructor(near, far, whenOver) {
    this.#near = near;
    this.#far = far;
    this.#whenOver = whenOver;
    this.#ways = [new Way(near, far), new Way(far, near)];
    for (const socket of [near, far]) {
      socket.setNoDelay(true);
      socket.on("error", () => {}); // what one side does not want any more, the other learns
      socket.on("close", () => this.end());
    }
  }

  feel(weather) {
    for (const way of this.#ways) way.feel(weather);
  }
  end() {
    for (const way of this.#ways) way.end();
    this.#near.destroy();
    this.#far.destroy();
    this.#whenOver();
  }
  loseFarEnd() {
    for (const way of this.#ways) way.end();
    this.#far.removeAllListeners("close").destroy();
  }
}

/** Bytes in one direction: what has come, and when it goes on. */
class Way {
  #to;
  #waiting = []; // { bytes, since }
  #weather = kFine;
  #timer = null;
  #isOver = false;

  constructor(from, to) {
    this.#to = to;
    from.on("data", (bytes) => {
      if (this.#isOver) return;
      this.#waiting.push({ bytes, since: performance.now() });
      if (!this.#timer) this.#passOn();
    });
  }

  feel(weather) {
    this.#weather = weather;
    this.#passOn();
  }
  end() {
    this.#isOver = true;
    clearTimeout(this.#timer);
  }

  #passOn() {
    clearTimeout(this.#timer);
    this.#timer = null;
    while (!this.#isOver && this.#waiting.length > 0 && !this.#weather.isJammed) {
      const { delay, piece, pause } = this.#weather;
      const first = this.#waiting[0];
      const left = first.since + delay - performance.now();
      if (left > 0) return this.#later(left);
      this.#to.write(first.bytes.subarray(0, piece));
      if (first.bytes.length > piece) first.bytes = first.bytes.subarray(piece);
      else this.#waiting.shift();
      if (pause > 0) return this.#later(pause);
    }
  }
  #later(ms) {
    this.#timer = setTimeout(() => this.#passOn(), ms);
  }
}
