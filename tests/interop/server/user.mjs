import { WebSocket } from "ws";
import { WebsocketProvider } from "y-websocket";
import * as Y from "yjs";
import { until } from "./plait.mjs";

/** Somebody with the provider that editors use, in one room. */
export class User {
  ydoc = new Y.Doc();
  #provider;
  /** How connections ended that the server closed, as code and reason. */
  closings = [];
  /** Why the server did not let them in, as the provider's WebSocket says it. */
  refusals = [];

  constructor(plait, room, name, { params = {}, protocols = [] } = {}) {
    const ca = plait.certificate;
    class Socket extends WebSocket {
      constructor(url, protocols) {
        super(url, protocols, { ca });
      }
    }
    this.#provider = new WebsocketProvider(plait.url, room, this.ydoc, {
      WebSocketPolyfill: Socket,
      disableBc: true, // only the server connects them
      params,
      protocols,
      maxBackoffTime: 200,
    });
    this.#provider.on("connection-close", (event) => {
      if (event) this.closings.push(`${event.code} ${event.reason}`.trim());
    });
    this.#provider.on("connection-error", (event) => this.refusals.push(event.message));
    this.#provider.awareness.setLocalStateField("user", { name });
  }

  /** Calls back with each "permission denied" (message 2 of y-protocols). */
  onDenied(callback) {
    this.#provider.messageHandlers[2] = () => callback();
  }
  get text() {
    return this.ydoc.getText("content");
  }
  get awareness() {
    return this.#provider.awareness;
  }
  /** The names of everybody he sees, himself included. */
  get names() {
    const states = [...this.awareness.getStates().values()];
    return states.map(({ user }) => user?.name).sort();
  }

  types(at, text) {
    this.text.insert(at, text);
  }
  isHere() {
    return until(() => this.#provider.synced, "the provider is synced");
  }
  reads(text) {
    return until(() => this.text.toString() === text, `the text is ${text}`);
  }
  sees(...names) {
    const expected = names.sort().join();
    return until(() => this.names.join() === expected, `${expected} are here`);
  }
  /** Works on without a connection. */
  goesOffline() {
    this.#provider.disconnect();
  }
  comesBack() {
    this.#provider.connect();
    return this.isHere();
  }
  leaves() {
    this.#provider.destroy();
  }
}

/** Everything in a document that a story may have touched. */
export const contentOf = ({ ydoc }) =>
  JSON.stringify([
    ydoc.getText("content").toDelta(),
    ydoc.getMap("map").toJSON(),
    ydoc.getArray("list").toJSON(),
    ydoc.getXmlFragment("xml").toString(),
  ]);

/** Resolves when all have the same, down to what is deleted. */
export async function agree(...users) {
  const state = ({ ydoc }) => Buffer.from(Y.encodeStateAsUpdate(ydoc)).toString("base64");
  const same = (of) => users.every((user) => of(user) === of(users[0]));
  await until(() => same(contentOf) && same(state), "all have the same");
}
