/**
 * Measures one peer on one trace, in a process of its own.
 *
 *   node --expose-gc measure.mjs PEER TRACE [--repeat N] [--times K] [--limit SECONDS]
 *   node --expose-gc measure.mjs PEER --heap SAVED
 *
 * Writes a JSON object a line: {"figure", "value", "runs"} as each figure is known, or
 * {"figure", "cut"} for one that is left out: "slow" if it takes longer than the limit,
 * "updates" if the updates that it takes could not be made in twice that time.
 *
 * A peer is a module in adapters/ with these functions; bytes are Uint8Arrays:
 *
 *   create(clientId, {updates})    an empty replica; `updates`: takeUpdate will be called
 *   edit(replica, position, deleted, inserted)    one change in a transaction of its own
 *   transact(replica, body)        body(put) makes several changes, one transaction
 *   takeUpdate(replica)            encodes what the last edit or transact did
 *   apply(replica, update), merge(replica, updates)    merge as the library likes it best
 *   save(replica), load(bytes, clientId, {updates})    the whole state, in its own best form
 *   wholeUpdate(replica), applyWhole(replica, update)  the whole state, as one update
 *   withClient(replica, clientId)  the same state, to be edited as another author
 *   text(replica), length(replica), free(replica)
 *
 * The second form is how the first asks for heap_bytes: a WebAssembly memory never shrinks, so
 * only a process that did nothing else can tell what loading the file SAVED costs.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { buildHistory, kNobody, planHistory } from "./history.mjs";
import { Deadline, TooSlow, median } from "./stopwatch.mjs";
import { readTrace } from "./trace.mjs";
import { wasmBytes, watchWasm } from "./wasm-memory.mjs";

const { positionals, values: options } = parseArgs({
  allowPositionals: true,
  options: {
    repeat: { type: "string", default: "5" },
    times: { type: "string", default: "1" },
    limit: { type: "string", default: "60" },
    heap: { type: "string" },
  },
});
const [peerName, traceFile] = positionals;
const kRepeat = Number(options.repeat);
const kLimitMs = Number(options.limit) * 1000;
// A warm-up that took this long is the measurement: more of it would say little new.
const kLongRunMs = 5000;
const kHeapCopies = 8;
// Making a concurrent trace's updates is no figure; it may take this many times the limit.
const kBuildShare = 2;

watchWasm();
const peer = await import(`./adapters/${peerName}.mjs`);
const applyWhole = peer.applyWhole ?? peer.apply;
const trace = options.heap === undefined ? readTrace(traceFile, Number(options.times)) : null;

function report(line) {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

function deadline(share = 1) {
  return new Deadline(kLimitMs * share);
}

/** Runs `body`; if that takes too long, reports the figure as cut and is false. */
function within(figure, body, cut = "slow") {
  try {
    body();
    return true;
  } catch (error) {
    if (!(error instanceof TooSlow)) throw error;
    report({ figure, cut });
    return false;
  }
}

/**
 * Reports the median time of `run(deadline)`, which gives an object. Outside of the clock the
 * last of these goes to `keep`, and the replicas in the others are freed.
 */
function measure(figure, run, keep) {
  return within(figure, () => {
    const times = [];
    for (let round = 0; round <= kRepeat; ++round) {
      globalThis.gc?.();
      const limit = deadline();
      const start = performance.now();
      const result = run(limit);
      times.push(performance.now() - start);
      const isLast = round === kRepeat || (round === 0 && times[0] > kLongRunMs);
      if (isLast) {
        keep(result);
        break;
      }
      if (result.replica !== undefined) peer.free(result.replica);
    }
    const counted = times.length > 1 ? times.slice(1) : times; // the first one warmed up
    report({ figure, value: median(counted), runs: counted.length });
  });
}

const texts = []; // what the replicas ended with
function note(replica) {
  texts.push(peer.text(replica));
}

function noteAndFree({ replica }) {
  note(replica);
  peer.free(replica);
}

function typeAll(replica, limit, afterEach) {
  const { positions, deleted, inserted } = trace;
  for (let i = 0; i < positions.length; ++i) {
    if (i % 64 === 0) limit.check();
    peer.edit(replica, positions[i], deleted[i], inserted[i]);
    afterEach?.(replica);
  }
  return { replica };
}

/** Local typing. Gives the final replica and the updates, one a patch; nothing if too slow. */
function measureLocal() {
  const typed = measure("local_ms", (limit) => typeAll(peer.create(1), limit), noteAndFree);
  if (!typed) {
    report({ figure: "local_update_ms", cut: "slow" });
    return {};
  }
  let kept = {};
  measure(
    "local_update_ms",
    (limit) => {
      const updates = [];
      const replica = peer.create(1, { updates: true });
      typeAll(replica, limit, () => updates.push(peer.takeUpdate(replica)));
      return { replica, updates };
    },
    (result) => (kept = result),
  );
  return kept;
}

/** Receiving one update a patch. Gives the final replica, or nothing if too slow. */
function measureRemote(updates) {
  let kept = {};
  measure(
    "remote_ms",
    (limit) => {
      const replica = peer.create(kNobody);
      for (let i = 0; i < updates.length; ++i) {
        if (i % 64 === 0) limit.check();
        peer.apply(replica, updates[i]);
      }
      return { replica };
    },
    (result) => {
      kept = result;
      note(kept.replica);
    },
  );
  return kept;
}

/** Receiving all branches of a concurrent trace. Gives the final replica. */
function measureMerge(updates) {
  let kept = {};
  measure(
    "merge_ms",
    () => {
      const replica = peer.create(kNobody);
      peer.merge(replica, updates);
      return { replica };
    },
    (result) => {
      kept = result;
      note(kept.replica);
    },
  );
  return kept;
}

function build(figure, plan, perPatch) {
  let updates = null;
  const make = () => {
    updates = buildHistory(peer, trace, plan, { perPatch, deadline: deadline(kBuildShare) });
  };
  within(figure, make, "updates");
  return updates;
}

function measureSaved(final) {
  let bytes;
  measure(
    "save_ms",
    () => ({ saved: peer.save(final) }),
    ({ saved }) => (bytes = saved),
  );
  report({ figure: "save_bytes", value: bytes.length });
  measure(
    "load_ms",
    () => {
      const replica = peer.load(bytes, kNobody);
      return { replica, text: peer.text(replica) };
    },
    noteAndFree,
  );
  const update = peer.wholeUpdate(final);
  measure(
    "apply_one_ms",
    () => {
      const replica = peer.create(kNobody);
      applyWhole(replica, update);
      return { replica };
    },
    noteAndFree,
  );
  report({ figure: "heap_bytes", value: heapInNewProcess(bytes) });
}

function heapInNewProcess(bytes) {
  const folder = mkdtempSync(join(tmpdir(), "plait-bench-"));
  try {
    const file = join(folder, "saved");
    writeFileSync(file, bytes);
    const self = fileURLToPath(import.meta.url);
    const args = [...process.execArgv, self, peerName, "--heap", file];
    const { stdout, status } = spawnSync(process.execPath, args, { encoding: "utf8" });
    return status === 0 ? Number(stdout) : null;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What a loaded document holds; averaged over several, so that leftovers do not count. */
function heapOf(bytes) {
  const replicas = [];
  const loadOne = () => {
    const replica = peer.load(bytes, kNobody);
    peer.text(replica);
    replicas.push(replica);
  };
  const held = () => {
    globalThis.gc();
    // A WebAssembly memory counts as external, too, but only roughly and late.
    const { heapUsed, external } = process.memoryUsage();
    return peer.usesWasm ? heapUsed + wasmBytes() : heapUsed + external;
  };
  loadOne();
  const before = held();
  for (let copy = 0; copy < kHeapCopies; ++copy) loadOne();
  return Math.round((held() - before) / kHeapCopies);
}

function measureSequential() {
  const { replica, updates } = measureLocal();
  if (replica === undefined) return;
  const remote = measureRemote(updates).replica;
  if (remote !== undefined) peer.free(remote);
  measureSaved(replica);
}

function measureConcurrent() {
  const plan = planHistory(trace);
  const onePatchEach = trace.txns.every((txn) => txn.last - txn.first === 1);
  let replica;
  const each = build("remote_ms", plan, true);
  if (each !== null) replica = measureRemote(each).replica;
  const whole = onePatchEach && each !== null ? each : build("merge_ms", plan, false);
  if (whole !== null) replica = measureMerge(whole).replica ?? replica;
  if (replica !== undefined) measureSaved(replica);
}

if (options.heap !== undefined) {
  process.stdout.write(`${heapOf(readFileSync(options.heap))}\n`);
} else {
  if (trace.concurrent) measureConcurrent();
  else measureSequential();
  if (texts.length > 0) {
    report({ figure: "ok", value: texts.every((text) => text === trace.endContent) });
    report({ figure: "agree", value: texts.every((text) => text === texts[0]) });
    report({ figure: "final_length", value: texts[0].length });
  }
}
