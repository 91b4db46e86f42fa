import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { gunzipSync } from "node:zlib";

/**
 * A trace with its patches side by side and positions in UTF-16 units, as JavaScript counts.
 *
 * `txns[i]` is `{ agent, parents, first, last }` with `first` and `last` bounding its patches.
 */
export function readTrace(file, times = 1) {
  const json = JSON.parse(gunzipSync(readFileSync(file)).toString("utf8"));
  if (json.startContent) throw new Error(`${file}: starts with text, which is not supported`);
  const trace = {
    name: basename(file, ".json.gz"),
    endContent: json.endContent,
    agents: json.numAgents ?? 1,
    positions: [],
    deleted: [],
    inserted: [],
    txns: [],
  };
  for (const [index, txn] of json.txns.entries()) {
    const first = trace.positions.length;
    for (const [position, deleted, inserted] of txn.patches) {
      trace.positions.push(position);
      trace.deleted.push(deleted);
      trace.inserted.push(inserted);
    }
    const parents = txn.parents ?? (index === 0 ? [] : [index - 1]);
    trace.txns.push({ agent: txn.agent ?? 0, parents, first, last: trace.positions.length });
  }
  trace.concurrent = trace.agents > 1;
  if (times > 1) repeat(trace, times);
  toUtf16(trace);
  return trace;
}

/** The trace played `times` times over: each copy starts where the one before it ended. */
function repeat(trace, times) {
  const { txns, positions, deleted, inserted, endContent } = { ...trace };
  const [txnCount, patchCount] = [txns.length, positions.length];
  for (let copy = 1; copy < times; ++copy) {
    for (let i = 0; i < patchCount; ++i) {
      positions.push(positions[i]);
      deleted.push(deleted[i]);
      inserted.push(inserted[i]);
    }
    for (let i = 0; i < txnCount; ++i) {
      const { agent, parents, first, last } = txns[i];
      txns.push({
        agent,
        parents:
          parents.length === 0
            ? [copy * txnCount - 1]
            : parents.map((parent) => parent + copy * txnCount),
        first: first + copy * patchCount,
        last: last + copy * patchCount,
      });
    }
  }
  trace.endContent = endContent.repeat(times);
}

/** Traces count code points; only where a character takes two units is there work to do. */
function toUtf16(trace) {
  const isWide = (char) => char.length === 2;
  if (!trace.inserted.some((text) => Array.from(text).some(isWide))) return;
  if (trace.concurrent) throw new Error(`${trace.name}: concurrent and beyond the BMP`);
  let wide = []; // code point offsets of the wide characters now in the document
  for (let i = 0; i < trace.positions.length; ++i) {
    const [start, end] = [trace.positions[i], trace.positions[i] + trace.deleted[i]];
    const before = wide.filter((at) => at < start);
    const after = wide.filter((at) => at >= end);
    trace.positions[i] += before.length;
    trace.deleted[i] += wide.length - before.length - after.length;

    const chars = Array.from(trace.inserted[i]);
    const added = chars.flatMap((char, at) => (isWide(char) ? [start + at] : []));
    wide = [...before, ...added, ...after.map((at) => at - (end - start) + chars.length)];
  }
}
