import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

export const kRepository = resolve(dirname(fileURLToPath(import.meta.url)), "../../..");

// `times`: the eg-walker paper's C1 and C2 are these sessions played 25 times over.
const kTraces = [
  { name: "automerge-paper", path: "sequential/automerge-paper" },
  { name: "seph-blog1", path: "sequential/seph-blog1" },
  { name: "rustcode", path: "sequential/rustcode" },
  { name: "sveltecomponent", path: "sequential/sveltecomponent" },
  { name: "json-crdt-patch", path: "sequential/json-crdt-patch" },
  { name: "json-crdt-blog-post", path: "sequential/json-crdt-blog-post" },
  { name: "friendsforever_flat", path: "sequential/friendsforever_flat" },
  { name: "clownschool_flat", path: "sequential/clownschool_flat" },
  { name: "friendsforever", path: "concurrent/friendsforever" },
  { name: "clownschool", path: "concurrent/clownschool" },
  { name: "S1", path: "egwalker/S1" },
  { name: "S2", path: "egwalker/S2" },
  { name: "S3", path: "egwalker/S3" },
  { name: "A1", path: "egwalker/A1" },
  { name: "A2", path: "egwalker/A2" },
  { name: "C1", path: "concurrent/friendsforever", times: 25 },
  { name: "C2", path: "concurrent/clownschool", times: 25 },
].map((trace) => ({ times: 1, ...trace }));

const kQuick = ["automerge-paper", "friendsforever", "clownschool", "A1", "A2"];

/** The folder with the traces, and which of them it has; null if `given` does not exist. */
export function findTraces(given) {
  const own = join(kRepository, "tests/data/traces");
  const wanted = given ?? process.env.PLAIT_TRACES;
  if (wanted !== undefined && !existsSync(wanted)) return null;
  const shared = resolve(kRepository, "../shared/traces");
  const folder = wanted ?? (existsSync(shared) ? shared : own);
  const fileOf = ({ path }) => join(folder, `${path}.json.gz`);
  const all = kTraces.map((trace) => ({ ...trace, file: fileOf(trace) }));
  // Playing a session 25 times over belongs to the whole set, though its file is there.
  const isThere = ({ file, times }) => existsSync(file) && (folder !== own || times === 1);
  return {
    folder: resolve(folder),
    isOwn: folder === own,
    present: all.filter(isThere),
    missing: all.filter((trace) => !isThere(trace)),
  };
}

export function chooseTraces(traces, { quick, only }) {
  if (only !== undefined) {
    const names = only.split(",");
    return traces.filter(({ name }) => names.includes(name));
  }
  const isQuickSet = quick && traces.some(({ name }) => kQuick.includes(name));
  return isQuickSet ? traces.filter(({ name }) => kQuick.includes(name)) : traces;
}
