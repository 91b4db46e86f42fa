import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:https";
import { parseArgs } from "node:util";

const { values } = parseArgs({
  options: {
    tls: { type: "string" }, // a file with a certificate and its key
    data: { type: "string" }, // a folder
  },
});

export const dataFolder = values.data;

/** Node's HTTPS server, with what `plait serve` has: TLS 1.3, the same certificate. */
export function makeServer() {
  const pem = readFileSync(values.tls);
  return createServer({ cert: pem, key: pem, minVersion: "TLSv1.3" });
}

/** Listens at any free port, and says so as `plait serve` does. */
export function listen(server) {
  server.listen({ port: 0, host: "127.0.0.1", backlog: 1024 }, () => {
    const { fingerprint256 } = new X509Certificate(readFileSync(values.tls));
    console.log(`listening on wss://127.0.0.1:${server.address().port}`);
    console.log(`fingerprint ${fingerprint256.replaceAll(":", "").toLowerCase()}`);
  });
}
