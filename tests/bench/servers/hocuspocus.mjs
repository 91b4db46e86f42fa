/** @hocuspocus/server over TLS, saving with its database extension, into LevelDB. */
import { Database } from "@hocuspocus/extension-database";
import { Hocuspocus } from "@hocuspocus/server";
import { Level } from "level";
import { WebSocketServer } from "ws";

import { dataFolder, listen, makeServer } from "./listen.mjs";

const storage = new Level(dataFolder, { valueEncoding: "view" });

async function fetch({ documentName }) {
  try {
    return await storage.get(documentName);
  } catch (error) {
    if (error.code === "LEVEL_NOT_FOUND") return null;
    throw error;
  }
}

const hocuspocus = new Hocuspocus({
  quiet: true,
  extensions: [
    new Database({
      fetch,
      store: ({ documentName, state }) => storage.put(documentName, state),
    }),
  ],
});

const server = makeServer();
const sockets = new WebSocketServer({ server, perMessageDeflate: false });
sockets.on("connection", (socket, incoming) => {
  const request = new Request(`https://localhost${incoming.url}`);
  const connection = hocuspocus.handleConnection(socket, request);
  socket.on("message", (data) => connection.handleMessage(new Uint8Array(data)));
  socket.on("close", (code, reason) => connection.handleClose({ code, reason: `${reason}` }));
  socket.on("error", () => socket.terminate());
});
listen(server);
