/** The program of a process of its own: `TOOLS CONFIG`. Serves a registry, and tells its parent the port. */
const [tools, config] = process.argv.slice(2);
const { runServer } = require(`${tools}/verdaccio`);

void runServer(config).then((server) => {
  server.listen(0, "127.0.0.1", () => process.send(server.address().port));
});
