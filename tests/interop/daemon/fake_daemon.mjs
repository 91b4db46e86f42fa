import { mkdirSync } from "node:fs";
import { createServer } from "node:net";
import { Frames, framed } from "./frames.mjs";

/** Something on the daemon's socket that is another version, or does what no daemon does. */
export class FakeDaemon {
  #server;
  #sockets = new Set();
  /** Methods that were asked for, and messages. */
  heard = [];

  /** `answer(message, socket)` says what to send back; nothing: nothing. */
  static async start(place, answer) {
    mkdirSync(place.home, { recursive: true, mode: 0o700 });
    const fake = new FakeDaemon();
    fake.#server = createServer((socket) => {
      fake.#sockets.add(socket);
      socket.on("error", () => {});
      const frames = new Frames((message) => {
        fake.heard.push(message);
        const reply = answer(message, fake);
        if (reply) socket.write(framed({ jsonrpc: "2.0", id: message.id, ...reply }));
      });
      socket.on("data", (bytes) => frames.feed(bytes));
    });
    await new Promise((resolve) => fake.#server.listen(place.socket, resolve));
    return fake;
  }

  asked(method) {
    return this.heard.filter((message) => message.method === method);
  }
  sends(message) {
    for (const socket of this.#sockets) socket.write(framed({ jsonrpc: "2.0", ...message }));
  }
  /** Gone, with its socket. */
  end() {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }
}

export const hello = (version, protocolVersion = 1) => ({
  result: { server: { name: "plait", version }, protocolVersion, process: 1 },
});
