import { existsSync, readFileSync, writeFileSync } from "node:fs";

import { machine } from "../report/machine.mjs";
import { peerVersions } from "../report/measure.mjs";
import { table } from "../report/table.mjs";
import { kCandidates } from "./candidates.mjs";
import { kScenarios } from "./scenarios.mjs";

const kBegin = "<!-- From here on ./dev bench server writes. -->";
const kEnd = "<!-- To here. -->";

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function shown(value) {
  if (value === null) return "–";
  if (Math.abs(value) >= 1000) return Math.round(value).toLocaleString("en-US");
  return String(Number(value.toPrecision(3)));
}

/** The median of what `results` ([{ scenario, server, figures }]) say; null if nothing. */
function measured(results, scenario, server, figure) {
  const values = results
    .filter((one) => one.scenario === scenario && one.server === server && one.figures)
    .map(({ figures }) => figures[figure])
    .filter((value) => typeof value === "number");
  return values.length === 0 ? null : median(values);
}

/** [goal, met] as text. */
function judge(goal, ours, limit) {
  if (goal === undefined) return ["–", "–"];
  if (goal.most !== undefined) {
    const met = ours === null ? "–" : ours <= goal.most ? "yes" : "no";
    return [`at most ${shown(goal.most)}`, met];
  }
  const text = goal.more ? `${Math.round(100 * goal.times)} % of limit` : `${goal.times} x limit`;
  if (ours === null || limit === null) return [text, "–"];
  const met = goal.more ? ours >= goal.times * limit : ours <= goal.times * limit;
  return [text, met ? "yes" : "no"];
}

/** A row for each figure, a column for each server. */
export function serverTable(results) {
  const servers = kCandidates
    .map(({ name }) => name)
    .filter((name) => results.some(({ server }) => server === name));
  const rows = [["", ...servers, "goal", "met"]];
  for (const { name, rows: figures } of kScenarios) {
    for (const { label, figure, goal } of figures) {
      const values = servers.map((server) => measured(results, name, server, figure));
      if (values.every((value) => value === null)) continue;
      const valueOf = (server) => values[servers.indexOf(server)] ?? null;
      rows.push([label, ...values.map(shown), ...judge(goal, valueOf("plait"), valueOf("limit"))]);
    }
  }
  const failures = results
    .filter(({ error }) => error)
    .map(({ scenario, server, error }) => `\n${server} failed in ${scenario}: ${error}\n`);
  return `${table(rows)}\n${failures.join("")}`;
}

/** Writes the section into a page: over the one before, or at its end. */
export function writeSection(file, results, { folder, trace, edits }) {
  const versions = peerVersions(folder).map(({ name, version }) => `${name} ${version}`);
  const facts = [...machine(), ["Servers", versions.join(", ")]];
  facts.push(["Long history", `${trace}, ${edits.toLocaleString("en-US")} edits`]);
  const section = [
    kBegin,
    `Measured on ${new Date().toISOString().slice(0, 10)}.`,
    facts.map(([name, value]) => `- ${name}: ${value}`).join("\n"),
    serverTable(results).trimEnd(),
    kEnd,
  ].join("\n\n");
  const page = existsSync(file) ? readFileSync(file, "utf8") : "";
  const [begin, end] = [page.indexOf(kBegin), page.indexOf(kEnd)];
  const next =
    begin < 0 || end < begin
      ? `${page.trimEnd()}\n\n${section}\n`
      : page.slice(0, begin) + section + page.slice(end + kEnd.length);
  writeFileSync(file, next);
}
