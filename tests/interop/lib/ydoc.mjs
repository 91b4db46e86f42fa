import { spawn } from "node:child_process";

/** No answer for this long and the process counts as hanging. */
const kSilenceLimitMs = 60_000;

/** A failed expectation: what was asked, what was hoped for, what came. */
export class Failure {
  constructor(step, command, explanation) {
    this.step = step;
    this.command = command;
    this.explanation = explanation;
  }

  toString() {
    const command = JSON.stringify(this.command);
    const shown =
      command.length > 400
        ? `${command.slice(0, 400)}… (${command.length} characters)`
        : command;
    return `step ${this.step}: ${shown}\n${this.explanation}`;
  }
}

/**
 * The harness process. Scripts are written to it whole and their answers checked as they
 * arrive, in order, so that neither side waits for the other.
 *
 * When the process ends or hangs, the script whose answer was due fails; the others that were
 * in flight start again in a new process.
 */
export class Ydoc {
  #path;
  #child = null;
  #exited = null;
  #unfinishedLine = "";
  #lastSign = 0;
  #watch = null;
  #stderr = "";
  /** What went wrong while nobody was waiting for an answer. */
  #complaint = null;
  /** Scripts in flight: { script, next, failure, resolve }, the first one is being answered. */
  #running = [];

  constructor(path) {
    this.#path = path;
  }

  /** Sends a script and resolves to its first failure, or null. */
  run(script) {
    if (script.steps.length === 0) return Promise.resolve(null);
    return new Promise((resolve) => {
      const run = { script, next: 0, failure: null, resolve };
      this.#running.push(run);
      this.#lastSign = Date.now();
      if (this.#child === null) this.#start();
      this.#write(run);
    });
  }

  /**
   * Ends the process by closing its input. Resolves to null when it went in good order,
   * otherwise to a sentence (a leak checker speaks up at this point).
   */
  async close() {
    clearInterval(this.#watch);
    const complaint = this.#complaint;
    this.#complaint = null;
    if (this.#child === null) return complaint;
    const exited = this.#exited;
    const child = this.#child;
    this.#child = null;
    child.stdin.end();
    const timer = setTimeout(() => child.kill("SIGKILL"), kSilenceLimitMs);
    const { code, signal } = await exited;
    clearTimeout(timer);
    if (code === 0) return complaint;
    return `ydoc did not end in good order (${signal ?? `exit code ${code}`})${this.#lastWords()}`;
  }

  #start() {
    this.#unfinishedLine = "";
    this.#stderr = "";
    const child = spawn(this.#path, [], { stdio: ["pipe", "pipe", "pipe"] });
    this.#child = child;
    this.#exited = new Promise((resolve) => {
      child.on("error", (error) => {
        this.#stderr += String(error);
        resolve({ code: -1, signal: null });
      });
      child.on("close", (code, signal) => resolve({ code, signal }));
    });
    this.#exited.then((how) => this.#ended(child, how));
    child.stdin.on("error", () => {}); // a broken pipe shows as the end of the process
    child.stdout.setEncoding("utf8");
    child.stdout.on("data", (chunk) => {
      if (child === this.#child) this.#receive(chunk);
    });
    child.stderr.setEncoding("utf8");
    child.stderr.on("data", (chunk) => {
      this.#stderr = (this.#stderr + chunk).slice(-8000);
    });
    clearInterval(this.#watch);
    this.#watch = setInterval(() => {
      if (this.#running.length > 0 && Date.now() - this.#lastSign > kSilenceLimitMs) {
        this.#stderr += "\n(killed: no answer in time)";
        child.kill("SIGKILL");
      }
    }, 1000);
    this.#watch.unref();
  }

  #write(run) {
    this.#child.stdin.write(run.script.steps.map((step) => `${step.line}\n`).join(""));
  }

  #receive(chunk) {
    this.#lastSign = Date.now();
    const lines = (this.#unfinishedLine + chunk).split("\n");
    this.#unfinishedLine = lines.pop();
    for (const line of lines) this.#answer(line);
  }

  #answer(line) {
    const run = this.#running[0];
    if (run === undefined) {
      this.#complaint = `ydoc said something unasked: ${line.slice(0, 300)}`;
      return;
    }
    const step = run.script.steps[run.next];
    if (run.failure === null) {
      const explanation = judge(step, line);
      if (explanation !== null)
        run.failure = new Failure(run.next, JSON.parse(step.line), explanation);
    }
    run.next++;
    if (run.next === run.script.steps.length) {
      this.#running.shift();
      run.resolve(run.failure);
    }
  }

  #ended(child, { code, signal }) {
    if (child !== this.#child) return; // closed on purpose
    this.#child = null;
    const [culprit, ...innocent] = this.#running;
    this.#running = innocent;
    for (const run of innocent) Object.assign(run, { next: 0, failure: null });
    if (innocent.length > 0) {
      this.#start();
      for (const run of innocent) this.#write(run);
    }
    if (culprit === undefined) {
      this.#complaint = `ydoc ended by itself (${signal ?? `exit code ${code}`})${this.#lastWords()}`;
      return;
    }
    const command = JSON.parse(culprit.script.steps[culprit.next].line);
    const how = signal ?? `exit code ${code}`;
    culprit.resolve(
      culprit.failure ??
        new Failure(
          culprit.next,
          command,
          `  ydoc ended (${how}) instead of answering${this.#lastWords()}`,
        ),
    );
  }

  #lastWords() {
    const words = this.#stderr.trim();
    return words === ""
      ? ""
      : `\n  its standard error ends with:\n${words.split("\n").slice(-40).join("\n")}`;
  }
}

/** Null, or what is wrong with the answer. */
function judge(step, line) {
  let answer;
  try {
    answer = JSON.parse(line);
  } catch {
    return `  not JSON: ${line.slice(0, 300)}`;
  }
  if (answer === null || typeof answer !== "object")
    return `  not an object: ${line.slice(0, 300)}`;
  if (answer.error !== undefined && !step.mayFail)
    return `  it answered with the error: ${answer.error}`;
  try {
    return step.check(answer);
  } catch (error) {
    return `  the check itself failed: ${error.stack}`;
  }
}
