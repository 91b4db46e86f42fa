#!/usr/bin/env node
/**
 * Times the CRDT engine and the libraries of peers/ on recorded editing traces, in one run.
 * `node tests/bench/run.mjs --help` lists the options.
 */
import { existsSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { parseArgs } from "node:util";

import { isBusy } from "./report/machine.mjs";
import { kPeers, measureGrowth, measureOurs, measurePeer } from "./report/measure.mjs";
import { page } from "./report/page.mjs";
import { growthTable, traceTable } from "./report/table.mjs";
import { chooseTraces, findTraces, kRepository } from "./report/traces.mjs";

const kUsage = `usage: ./dev bench [options]

  --quick          automerge-paper, the two concurrent sessions, A1 and A2 only
  --only A,B       these traces only, by name
  --peers A,B      these peers only, of ${kPeers.join(", ")}; "none" for ours alone
  --without-ours   peers only
  --program FILE   our benchmark (build/release/bin/crdt_bench)
  --growth         also the growth curves of our engine (in a full run: always)
  --repeat N       runs of each figure after a warm-up, of which the median counts (5)
  --limit S        seconds after which a peer's figure is cut off (60)
  --traces DIR     where the traces are (else $PLAIT_TRACES, then ../shared/traces beside the
                   repository, then tests/data/traces)
  --write FILE     also write the results as a page, as docs/benchmarks.md
  --help           this
`;

const { values: options } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    only: { type: "string" },
    peers: { type: "string" },
    "without-ours": { type: "boolean", default: false },
    program: { type: "string", default: join(kRepository, "build/release/bin/crdt_bench") },
    growth: { type: "boolean", default: false },
    repeat: { type: "string", default: "5" },
    limit: { type: "string", default: "60" },
    traces: { type: "string" },
    write: { type: "string" },
    help: { type: "boolean", default: false },
  },
});

function fail(message) {
  process.stderr.write(`bench: ${message}\n`);
  process.exit(1);
}

function choosePeers() {
  if (options.peers === undefined) return kPeers;
  if (options.peers === "none") return [];
  const chosen = options.peers.split(",");
  const unknown = chosen.filter((name) => !kPeers.includes(name));
  if (unknown.length > 0) fail(`no peer is called ${unknown.join(", ")}`);
  return chosen;
}

function warnOfMissing({ folder, missing, isOwn }) {
  if (missing.length === 0) return;
  const what = isOwn ? "only the traces that come with the repository" : "an incomplete set";
  process.stderr.write(`bench: ${relative(".", folder)} has ${what}; not there:
       ${missing.map(({ name }) => name).join(", ")}
       Put the whole set into ../shared/traces beside the repository, or name its folder
       with --traces or PLAIT_TRACES.
`);
}

async function main() {
  if (options.help) {
    process.stdout.write(kUsage);
    return;
  }
  const peers = choosePeers();
  const withOurs = !options["without-ours"];
  if (withOurs && !existsSync(options.program)) {
    fail(`${relative(".", options.program)} is not built; ./dev bench does that`);
  }
  if (peers.length > 0 && !existsSync(join(kRepository, "tests/bench/peers/node_modules"))) {
    fail("the peers are not installed; ./dev deps does that");
  }

  const found = findTraces(options.traces);
  if (found === null) fail(`there is no folder ${options.traces}`);
  const traces = chooseTraces(found.present, options);
  if (traces.length === 0) fail("no such trace there");
  if (options.only === undefined) warnOfMissing(found);

  if (isBusy()) process.stderr.write("bench: the machine is busy; the figures will suffer\n");

  const settings = { repeat: Number(options.repeat), limit: Number(options.limit) };
  const results = [];
  for (const trace of traces) {
    const columns = [];
    if (withOurs) {
      process.stderr.write(`  ${trace.name}: plait ...\n`);
      columns.push({ name: "plait", ...(await measureOurs(options.program, trace, settings)) });
    }
    for (const peer of peers) {
      process.stderr.write(`  ${trace.name}: ${peer} ...\n`);
      columns.push({ name: peer, ...(await measurePeer(peer, trace, settings)) });
    }
    results.push({ trace, columns });
    process.stdout.write(`\n${trace.name}\n\n${traceTable(columns, settings.limit)}\n`);
  }

  let growth = null;
  const isFull = !options.quick && options.only === undefined;
  if (withOurs && (options.growth || isFull)) {
    growth = await measureGrowth(options.program);
    process.stdout.write(`\ngrowth\n\n${growthTable(growth)}\n`);
  }
  if (options.write !== undefined) {
    writeFileSync(options.write, page({ file: options.write, results, growth, settings }));
    process.stderr.write(`bench: wrote ${options.write}\n`);
  }
  const wrong = results.flatMap(({ trace, columns }) =>
    columns.filter(({ name, error }) => name === "plait" && error).map(() => trace.name),
  );
  if (wrong.length > 0) fail(`our engine failed on ${wrong.join(", ")}`);
}

await main();
