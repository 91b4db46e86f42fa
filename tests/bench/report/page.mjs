import { existsSync, readFileSync } from "node:fs";
import { relative, resolve } from "node:path";

import { judge } from "./goals.mjs";
import { machine } from "./machine.mjs";
import { peerVersions } from "./measure.mjs";
import { formatNumber, formatRatio, growthTable, table, traceTable } from "./table.mjs";
import { kRepository } from "./traces.mjs";

// What stands below this line in the page is kept when the page is written anew.
const kByHand = "<!-- Below this line the page is written by hand. -->";

const kFigureMeanings = `- local_ms: each patch typed as a local edit in a transaction of its own
- local_update_ms: the same, and an update encoded for each
- remote_ms: those updates, one a patch, applied to a fresh replica
- merge_ms (concurrent traces): one update a transaction, from all authors in the file's order, given to a fresh
  replica in the way the library takes many at once
- save_ms, save_bytes: the whole state encoded
- load_ms: the saved state decoded until the text has been read
- apply_one_ms: the whole state as one update, applied to an empty document
- heap_bytes: what a loaded document keeps
- final text: whether every replica ended with the trace's text`;

const kMethod = `Every figure is the median of several runs after a warm-up; a peer has a process to itself for each
trace, and collects its garbage before each run. A figure whose first run takes more than five seconds is
measured once, and one that takes longer than the limit is cut off. Ratios in parentheses say how many times
better than Yjs in the same run. For JavaScript libraries heap_bytes is the growth of the collected heap; for
WebAssembly ones also that of their memory, averaged over several loaded copies. What a library puts off until
the first edit after loading is not in its load_ms and heap_bytes.

A concurrent trace is first turned, off the clock, into the updates its authors' replicas would have sent: each
transaction is made by a replica in exactly the state that the trace names. The recorded text of A2 is what
another algorithm makes of it, so there the replicas of one library are compared with each other.`;

function machineList() {
  const peers = peerVersions().map(({ name, version }) => `${name} ${version}`);
  const facts = [...machine(), ["Peers", peers.join(", ")]];
  return facts.map(([name, value]) => `- ${name}: ${value}`).join("\n");
}

function goalTable(results) {
  const rows = [["goal", "reach", "measured", "ratio to reach", "ratio", "met"]];
  for (const { trace, figure, reach, ratio, value, measuredRatio, met } of judge(results)) {
    rows.push([
      `${figure}, ${trace}`,
      formatNumber(figure, reach),
      formatNumber(figure, value),
      ratio === undefined ? "–" : formatRatio(ratio),
      measuredRatio === null ? "–" : formatRatio(measuredRatio),
      met ? "yes" : "no",
    ]);
  }
  return rows.length > 1 ? table(rows) : null;
}

function keptByHand(file) {
  if (!existsSync(file)) return "";
  const text = readFileSync(file, "utf8");
  const at = text.indexOf(kByHand);
  return at < 0 ? "" : text.slice(at + kByHand.length);
}

/** The page for `file`; what was written by hand in an earlier one stays. */
export function page({ file, results, growth, settings }) {
  const date = new Date().toISOString().slice(0, 10);
  const name = relative(kRepository, resolve(file));
  const parts = [
    "# Benchmarks",
    `Measured on ${date}. This page is written by \`./dev bench --write ${name}\`.`,
    machineList(),
  ];
  const goals = goalTable(results);
  if (goals !== null) parts.push("## Goals", goals);
  parts.push("## What is measured", kFigureMeanings, kMethod, "## Traces");
  for (const { trace, columns } of results) {
    const times = trace.times > 1 ? `, ${trace.times} times over` : "";
    parts.push(`### ${trace.name}`, `${trace.path}${times}`);
    parts.push(traceTable(columns, settings.limit).trimEnd());
  }
  if (growth !== null) {
    parts.push("## Growth", "Our engine alone; the columns are numbers of operations.");
    parts.push(growthTable(growth).trimEnd());
  }
  return `${parts.join("\n\n")}\n\n${kByHand}\n${keptByHand(file).replace(/^\n/, "")}`;
}
