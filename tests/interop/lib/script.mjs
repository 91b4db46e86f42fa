/** Commands that only make sense together, by the name that `--without` has for them. */
const kTogether = {
  undo: ["undo", "redo", "stopCapturing"],
  relpos: ["relpos", "abspos"],
  snapshot: ["snapshot", "textAt"],
};

/** A story or a plan needs commands that the harness was said to lack. */
export class Unavailable extends Error {}

/**
 * A list of harness commands, each with the check that its answer has to pass.
 *
 * Everything that is expected is known before the first command is sent, because the same history
 * has already been played by Yjs.
 */
export class Script {
  steps = [];
  #lacking;

  /** @param {string[]} without commands that the harness does not know; they are left out */
  constructor(without = []) {
    this.#lacking = new Set(without.flatMap((name) => kTogether[name] ?? [name]));
  }

  lacks(cmd) {
    return this.#lacking.has(cmd);
  }

  /**
   * @param {object} command one line of the harness's input
   * @param {(answer: object) => string | null} check null, or what is wrong with the answer
   * @param {{ mayFail?: boolean }} options mayFail: an error is an answer like any other
   */
  send(command, check = () => null, { mayFail = false } = {}) {
    if (this.lacks(command.cmd)) return;
    this.steps.push({ line: JSON.stringify(command), check, mayFail });
  }

  lines() {
    return this.steps.map((step) => step.line);
  }
}
