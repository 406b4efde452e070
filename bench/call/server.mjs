// Answers as the providers do, as fast as can be, in a process of its own. Says its port, then its processor time.
import { createServer } from 'node:http';

const expires = new Date(Date.now() + 86_400_000).toISOString();
const answers = {
  junction: (id) => `{"user_id":"${id}","sign_in_token":"made-up-token-of-junction"}`,
  sfox: (id) => `{"data":{"token":"made-up-token-of-sfox","partner_user_id":"${id}","expires":"${expires}"}}`,
  clerk: (id) =>
    `{"object":"sign_in_token","id":"sit_1","status":"pending","user_id":"${id}","token":"made-up-token-of-clerk",` +
    `"url":"https://made-up.invalid/v1/tickets/accept?ticket=1","created_at":1700000000000,"updated_at":1700000000000}`,
};

const server = createServer((incoming, outgoing) => {
  const [, provider] = incoming.url.split('/', 2);
  let body = '';
  incoming.on('data', (data) => (body += data));
  incoming.on('end', () => {
    const inBody = /"user_id":\s*"([^"]+)"/.exec(body)?.[1];
    const inPath = /([\w-]+)(?:\/sign_in_token)?$/.exec(incoming.url)?.[1];
    const text = answers[provider](inBody ?? inPath);
    outgoing.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
    outgoing.end(text);
  });
});
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
process.on('message', () => process.send({ cpu: process.cpuUsage() }));
process.on('disconnect', () => process.exit());
