import * as Y from "yjs";
import { sameStateVector, sameText, sameUpdate, toBase64 } from "../lib/compare.mjs";
import { Script } from "../lib/script.mjs";

/** A case went wrong; the message says how, `commands` lead there. */
export class Disagreement extends Error {
  constructor(message, commands) {
    super(message);
    this.commands = commands;
  }
}

/** A strict document in the harness, and a Y.Doc that gets whatever the strict one accepts. */
export class StrictServer {
  #harness;
  #name;
  #accepted;
  /** Why the latest update was refused. */
  refusal = null;

  /**
   * @param {import("../lib/ydoc.mjs").Ydoc} harness
   * @param {"file" | "any" | "open"} kinds what the document may hold: the text of a file, any
   *   content, or all that Yjs sends
   */
  constructor(harness, name, leased, kinds = "file") {
    this.#harness = harness;
    this.#name = name;
    this.ydoc = new Y.Doc();
    this.text = this.ydoc.getText("content");
    const { clientID: client } = this.ydoc;
    this.#accepted = [
      { cmd: "new", doc: name, client, gc: true, strict: true, leased, kinds },
    ];
  }

  async start() {
    const script = new Script();
    script.send(this.#accepted[0]);
    await this.#run(script, null);
  }

  state() {
    return Y.encodeStateAsUpdate(this.ydoc);
  }

  stateVector() {
    return Y.encodeStateVector(this.ydoc);
  }

  /**
   * Offers an update and compares what the document is afterwards.
   *
   * @param {Uint8Array} update
   * @param {"accepted" | "refused" | "either"} expected
   * @param {string} what for messages
   * @returns {Promise<boolean>} whether it was accepted
   */
  async offer(update, expected, what) {
    const command = { cmd: "apply", doc: this.#name, update: toBase64(update) };
    const fail = (message) => {
      throw new Disagreement(`${what}: ${message}`, [...this.#accepted, command]);
    };
    let accepted = false;
    const script = new Script();
    script.send(
      command,
      ({ error }) => {
        accepted = error === undefined;
        this.refusal = error ?? null;
        const sound = accepted || (typeof error === "string" && error !== "");
        if (!sound) return `  an error has to say something, got ${JSON.stringify(error)}`;
        if (accepted && expected === "refused")
          return "  was accepted and should have been refused";
        if (!accepted && expected === "accepted")
          return `  was refused and should have been accepted: ${error}`;
        if (!accepted) return null;
        try {
          Y.applyUpdate(this.ydoc, update);
        } catch (problem) {
          return `  was accepted, but Yjs throws: ${problem.message}`;
        }
        const { pendingStructs, pendingDs } = this.ydoc.store;
        return pendingStructs === null && pendingDs === null
          ? null
          : "  was accepted, but Yjs waits for more";
      },
      { mayFail: true },
    );
    const ask = (cmd, check) => script.send({ cmd, doc: this.#name }, check);
    ask("text", ({ text }) => sameText(this.text.toString(), text));
    ask("sv", ({ sv }) => sameStateVector(Y.encodeStateVector(this.ydoc), sv));
    ask("encode", ({ update: state }) => sameUpdate(this.state(), state));
    ask("check");
    await this.#run(script, fail);
    if (accepted) this.#accepted.push(command);
    return accepted;
  }

  async #run(script, fail) {
    const failure = await this.#harness.run(script);
    if (failure === null) return;
    if (fail === null) throw new Disagreement(String(failure), this.#accepted);
    fail(`\n  ${failure}`);
  }
}
