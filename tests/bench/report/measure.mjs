import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { kRepository } from "./traces.mjs";

export const kPeers = ["yjs", "json-joy", "loro-crdt", "automerge", "ywasm"];

const kFolder = join(kRepository, "tests/bench/peers");
// The longest silence is the making of a concurrent trace's updates, and then some.
const kSilence = 5;

/**
 * Runs a program and gives its lines to `onLine`; it is ended after `silenceMs` without one.
 * Resolves to { status, stderr }; status is null if the program was ended.
 */
function run(program, args, { silenceMs, onLine }) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
    let timer = null;
    const arm = () => {
      clearTimeout(timer);
      if (silenceMs !== undefined) timer = setTimeout(() => child.kill("SIGKILL"), silenceMs);
    };
    let stderr = "";
    child.stderr.on("data", (text) => (stderr = `${stderr}${text}`.slice(-2000)));
    createInterface({ input: child.stdout }).on("line", (line) => {
      arm();
      onLine(line);
    });
    arm();
    const end = (status, message = "") => {
      clearTimeout(timer);
      resolve({ status, stderr: stderr + message });
    };
    child.on("error", (error) => end(1, error.message));
    child.on("close", (status) => end(status));
  });
}

/**
 * One column of the table: { figures, cut, error, ended }. `figures` are numbers, booleans or
 * null by name, `cut` says why one was left out, `ended` that the peer was.
 */
export async function measurePeer(peer, trace, { repeat, limit }) {
  const figures = {};
  const cut = {};
  const args = ["--expose-gc", join(kFolder, "measure.mjs"), peer, trace.file];
  args.push("--repeat", repeat, "--times", trace.times, "--limit", limit);
  const { status, stderr } = await run(process.execPath, args.map(String), {
    silenceMs: kSilence * limit * 1000,
    onLine(line) {
      if (!line.startsWith("{")) return; // some libraries log to standard output
      const { figure, value, cut: reason } = JSON.parse(line);
      if (reason !== undefined) cut[figure] = reason;
      else figures[figure] = value;
    },
  });
  if (status === null) return { figures, cut, ended: true };
  return { figures, cut, error: status === 0 ? null : firstLine(stderr) };
}

export async function measureOurs(program, trace, { repeat }) {
  const args = ["--trace", trace.file, "--json", "--repeat", repeat, "--times", trace.times];
  const { answer, error } = await ask(program, args);
  return { figures: answer ?? {}, cut: {}, error };
}

/** [{ curve, operations, ns_per_op }] */
export async function measureGrowth(program) {
  const { answer, error } = await ask(program, ["--growth", "--json"]);
  if (answer === null) throw new Error(`growth curves: ${error}`);
  return answer.growth;
}

async function ask(program, args) {
  let text = "";
  const { status, stderr } = await run(program, args.map(String), {
    onLine: (line) => (text += line),
  });
  if (status !== 0) return { answer: null, error: firstLine(stderr) || `status ${status}` };
  return { answer: JSON.parse(text), error: null };
}

function firstLine(text) {
  const lines = text.trim().split("\n");
  return lines.find((line) => /error/i.test(line)) ?? lines[0];
}

/** Versions of the packages that are installed in `folder`, from its lock file. */
export function peerVersions(folder = kFolder) {
  const lock = JSON.parse(readFileSync(join(folder, "package-lock.json"), "utf8"));
  const wanted = Object.keys(lock.packages[""].dependencies);
  const versionOf = (name) => lock.packages[`node_modules/${name}`].version;
  return wanted.map((name) => ({ name, version: versionOf(name) }));
}
