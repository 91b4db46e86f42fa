/**
 * A list of harness commands, each with the check that its answer has to pass.
 *
 * Everything that is expected is known before the first command is sent, because the same
 * history has already been played by Yjs.
 */
export class Script {
  steps = [];

  /**
   * @param {object} command one line of the harness's input
   * @param {(answer: object) => string | null} check null, or what is wrong with the answer
   * @param {{ mayFail?: boolean }} options mayFail: an error is an answer like any other
   */
  send(command, check = () => null, { mayFail = false } = {}) {
    this.steps.push({ line: JSON.stringify(command), check, mayFail });
  }

  lines() {
    return this.steps.map((step) => step.line);
  }
}
