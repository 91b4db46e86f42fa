/**
 * What the engine is to reach. Where a ratio to Yjs in the same run is given, that decides; the
 * plain value orients, and decides where Yjs is no measure.
 */
export const kGoals = [
  { trace: "automerge-paper", figure: "local_ms", reach: 12, ratio: 90 },
  { trace: "automerge-paper", figure: "local_update_ms", reach: 40, ratio: 40 },
  { trace: "automerge-paper", figure: "remote_ms", reach: 60, ratio: 17 },
  { trace: "automerge-paper", figure: "save_ms", reach: 0.4, ratio: 22 },
  { trace: "automerge-paper", figure: "load_ms", reach: 1.6, ratio: 17 },
  { trace: "automerge-paper", figure: "heap_bytes", reach: 1_800_000, ratio: 1.6 },
  { trace: "friendsforever", figure: "remote_ms", reach: 8, ratio: 11 },
  { trace: "clownschool", figure: "remote_ms", reach: 8, ratio: 10 },
  { trace: "A1", figure: "apply_one_ms", reach: 15 },
  { trace: "A2", figure: "apply_one_ms", reach: 40 },
];

/** Each goal with what `results` say: { ...goal, value, measuredRatio, met }. */
export function judge(results) {
  return kGoals.flatMap((goal) => {
    const columns = results.find(({ trace }) => trace.name === goal.trace)?.columns ?? [];
    const figureOf = (name) =>
      columns.find((column) => column.name === name)?.figures[goal.figure] ?? null;
    const [value, yjs] = [figureOf("plait"), figureOf("yjs")];
    if (value === null) return [];
    const measuredRatio = yjs === null ? null : yjs / value;
    const byRatio = goal.ratio !== undefined && measuredRatio !== null;
    const met = byRatio ? measuredRatio >= goal.ratio : value <= goal.reach;
    return [{ ...goal, value, measuredRatio, met }];
  });
}
