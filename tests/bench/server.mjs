#!/usr/bin/env node
/**
 * Times `plait serve` beside the Yjs servers of servers/ and beside `limit`, in one run.
 * `node tests/bench/server.mjs --help` lists the options.
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { parseArgs } from "node:util";

import { isBusy } from "./report/machine.mjs";
import { findTraces, kRepository } from "./report/traces.mjs";
import { kCandidates, RunningServer, runToEnd } from "./servers/candidates.mjs";
import { kScenarios } from "./servers/scenarios.mjs";
import { serverTable, writeSection } from "./servers/section.mjs";

const kFolder = join(kRepository, "tests/bench/servers");
// The longest one-author session there is counts.
const kTraces = ["automerge-paper", "friendsforever_flat"];

const kUsage = `usage: ./dev bench server [options]

  --quick          every scenario once and short: whether it all works
  --only A,B       these scenarios only, of ${kScenarios.map(({ name }) => name).join(", ")}
  --servers A,B    these servers only, of ${kCandidates.map(({ name }) => name).join(", ")}
  --programs DIR   where plait, limit and plait_load are (build/release/bin)
  --traces DIR     where the recorded sessions are, as for ./dev bench
  --write FILE     the page that gets the table (docs/benchmarks.md after a whole run, else none)
  --json FILE      also every single result, one a line
  --help           this
`;

const { values: options } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    only: { type: "string" },
    servers: { type: "string" },
    programs: { type: "string", default: join(kRepository, "build/release/bin") },
    traces: { type: "string" },
    write: { type: "string" },
    json: { type: "string" },
    help: { type: "boolean", default: false },
  },
});

function fail(message) {
  process.stderr.write(`bench: ${message}\n`);
  process.exit(1);
}

function choose(all, names, what) {
  if (names === undefined) return all;
  const wanted = names.split(",");
  const unknown = wanted.filter((name) => !all.some((one) => one.name === name));
  if (unknown.length > 0) fail(`no ${what} is called ${unknown.join(", ")}`);
  return all.filter(({ name }) => wanted.includes(name));
}

/** What waits to be measured, round by round, so that a bad moment of the machine hits all. */
function plan(scenarios, candidates) {
  const rounds = options.quick ? 1 : Math.max(...scenarios.map(({ repeat }) => repeat));
  const runs = [];
  for (let round = 0; round < rounds; ++round) {
    for (const scenario of scenarios) {
      for (const candidate of candidates) {
        const repeat = scenario.once?.includes(candidate.name) ? 1 : scenario.repeat;
        const left = [scenario.without, options.quick ? scenario.skipInQuick : undefined];
        if (round < repeat && !left.some((names) => names?.includes(candidate.name))) {
          runs.push({ scenario, candidate });
        }
      }
    }
  }
  return runs;
}

/** A certificate for all: the one that plait makes for itself. */
async function makeCertificate(setting) {
  const data = join(setting.folder, "certificate");
  const args = ["serve", "--open", "--listen", "127.0.0.1:0", "--metrics", "127.0.0.1:0"];
  const selfSigned = { ...kCandidates[0], args: () => [...args, "--data", data] };
  const server = new RunningServer(selfSigned, setting);
  await server.start();
  await server.remove();
  return join(data, "self-signed.pem");
}

async function measure({ scenario, candidate }, setting) {
  const server = new RunningServer(candidate, setting);
  const load = join(setting.programs, "plait_load");
  try {
    await server.start();
    const args = [...(options.quick ? scenario.quick : scenario.args)];
    if (!options.quick) args.push(...(scenario.extra?.[candidate.name] ?? []));
    args.push("--trace", setting.trace.file);
    const isProof = scenario.name === "ingest" && candidate.name === "plait";
    if (isProof) args.push("--room", "proof");
    const all = [scenario.name, "--json", ...args, ...server.loadArguments];
    const output = await runToEnd(load, all);
    if (isProof) {
      // What it called saved has to survive the worst.
      await server.hasSaved();
      await server.kill();
      await server.start();
      const proof = ["verify", "--json", "--trace", setting.trace.file, "--room", "proof"];
      await runToEnd(load, [...proof, ...server.loadArguments]);
    }
    return { figures: JSON.parse(output), error: null };
  } catch (error) {
    return { figures: null, error: error.message.split("\n")[0] };
  } finally {
    await server.remove();
  }
}

async function main() {
  if (options.help) {
    process.stdout.write(kUsage);
    return;
  }
  const scenarios = choose(kScenarios, options.only, "scenario");
  const candidates = choose(kCandidates, options.servers, "server");
  for (const program of ["plait", "limit", "plait_load"]) {
    const file = join(options.programs, program);
    if (existsSync(file)) continue;
    fail(`${relative(".", file)} is not built; ./dev bench server does that`);
  }
  if (!existsSync(join(kFolder, "node_modules"))) {
    fail("the servers are not installed; ./dev deps does that");
  }
  const traces = findTraces(options.traces)?.present ?? [];
  const trace = kTraces.map((name) => traces.find((one) => one.name === name)).find(Boolean);
  if (trace === undefined) fail(`none of the sessions ${kTraces.join(", ")} is there`);
  if (isBusy()) process.stderr.write("bench: the machine is busy; the figures will suffer\n");

  // On a disk that keeps things: what is in memory costs no commits.
  mkdirSync(join(kRepository, "build"), { recursive: true });
  const folder = mkdtempSync(join(kRepository, "build/server-bench-"));
  const setting = { programs: options.programs, folder, trace };
  const results = [];
  try {
    setting.pem = await makeCertificate(setting);
    const runs = plan(scenarios, candidates);
    for (const [at, run] of runs.entries()) {
      const names = { scenario: run.scenario.name, server: run.candidate.name };
      process.stderr.write(`  ${at + 1}/${runs.length} ${names.scenario}: ${names.server} ...\n`);
      const result = { ...names, ...(await measure(run, setting)) };
      if (result.error) process.stderr.write(`    failed: ${result.error}\n`);
      results.push(result);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }

  process.stdout.write(`\n${serverTable(results)}\n`);
  if (options.json !== undefined) {
    writeFileSync(options.json, results.map((one) => `${JSON.stringify(one)}\n`).join(""));
  }
  const isWhole = !options.quick && !options.only && !options.servers;
  const page = options.write ?? (isWhole ? join(kRepository, "docs/benchmarks.md") : undefined);
  if (page !== undefined) {
    const join = results.find(({ scenario, figures }) => scenario === "join" && figures);
    const edits = join?.figures.edits ?? 0;
    writeSection(page, results, { folder: kFolder, trace: trace.name, edits });
    process.stderr.write(`bench: wrote ${relative(".", page)}\n`);
  }
  const failures = results.filter(({ error }) => error).length;
  process.stdout.write(`${results.length - failures} passed, ${failures} failed\n`);
  const wrong = results.filter(({ server, error }) => error && ["plait", "limit"].includes(server));
  if (wrong.length > 0) fail("our own server failed, see above");
}

await main();
