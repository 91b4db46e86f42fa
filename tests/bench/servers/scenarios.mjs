/** A line of the table; the goal, if there is one, is what plait is to reach. */
const row = (label, figure, goal) => ({ label, figure, goal });
// Goals: a plain value, or a multiple of what the bare server has in the same run.
const atMost = (most) => ({ most });
const withinLimit = (times) => ({ times });
const shareOfLimit = (times) => ({ times, more: true });

/**
 * What is measured. `args` go to plait_load, `quick` instead of them in a quick run, `extra` also
 * for one server; `repeat` is how often in a full run. `once` names servers for which one run has
 * to do since they take long, `skipInQuick` those for which a quick run has no time, `without`
 * those for which the scenario makes no sense.
 */
export const kScenarios = [
  {
    name: "latency",
    args: ["--seconds", "6"],
    quick: ["--seconds", "1"],
    repeat: 3,
    rows: [
      row("1 room x 2, 20 edits/s: p50 ms", "latency_p50_ms"),
      row("the same: p99 ms", "latency_p99_ms", withinLimit(1.5)),
    ],
  },
  {
    name: "room",
    args: ["--seconds", "5"],
    quick: ["--seconds", "1"],
    repeat: 3,
    rows: [
      row("1 room x 100, 10 writers x 10/s: p50 ms", "latency_p50_ms", withinLimit(1.5)),
      row("the same: p99 ms", "latency_p99_ms", withinLimit(1.5)),
      row("the same: CPU us a delivery", "server_cpu_us_per_delivery"),
    ],
  },
  {
    name: "rooms",
    args: ["--seconds", "5"],
    quick: ["--seconds", "1"],
    repeat: 3,
    rows: [
      row(
        "100 rooms x 10, 1,000 edits/s: CPU us a delivery",
        "server_cpu_us_per_delivery",
        withinLimit(1.3),
      ),
      row("the same: p99 ms", "latency_p99_ms"),
    ],
  },
  {
    name: "flood",
    args: ["--seconds", "3"],
    quick: ["--seconds", "1"],
    repeat: 3,
    rows: [
      row("flood, 1 room x 50, 10 writers: deliveries/s", "deliveries_per_s", shareOfLimit(0.6)),
      row("the same: CPU us a delivery", "server_cpu_us_per_delivery"),
    ],
  },
  {
    name: "flood-rooms",
    args: ["--seconds", "3"],
    quick: ["--seconds", "1"],
    repeat: 3,
    rows: [
      row("flood, 100 rooms x 10: deliveries/s", "deliveries_per_s", shareOfLimit(0.5)),
      row("the same: CPU us a delivery", "server_cpu_us_per_delivery"),
    ],
  },
  {
    name: "idle",
    args: ["--count", "10000"],
    quick: ["--count", "500"],
    repeat: 1,
    rows: [row("idle connection: bytes", "bytes_per_connection", atMost(16_000))],
  },
  {
    name: "documents",
    args: ["--count", "1000"],
    quick: ["--count", "100"],
    extra: { plait: ["--seconds", "40"] }, // long enough for plait to unload them
    repeat: 1,
    rows: [
      row("loaded document of 10 kB: bytes", "bytes_per_document"),
      row("the same, idle for 40 s: bytes", "bytes_per_idle_document", atMost(30_000)),
    ],
  },
  {
    name: "join",
    args: ["--seconds", "4"],
    quick: ["--seconds", "1"],
    repeat: 3,
    rows: [
      row("joining a long history: CPU ms a join", "server_cpu_ms_per_join", atMost(0.8)),
      row("the same: p50 ms, connecting included", "join_p50_ms"),
    ],
  },
  {
    name: "ingest",
    args: [],
    quick: [],
    repeat: 3,
    once: ["y-websocket", "hocuspocus"],
    without: ["limit"],
    skipInQuick: ["y-websocket", "hocuspocus"],
    rows: [
      row("a long history edit by edit: CPU s until taken", "server_cpu_s_until_taken"),
      row("the same: CPU s until saved too", "server_cpu_s_until_quiet", atMost(1)),
    ],
  },
];
