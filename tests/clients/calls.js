// Makes many gRPC calls, one after the other, with methods found by server reflection alone:
//   node calls.js ADDRESS [callers.json] < calls.json
// where calls.json is [{"method": "SERVICE/METHOD", "request": {…}, "deadline_ms": 20000}, …]; a method with a
// stream of requests takes "requests": [{…}, …]; one with a stream of answers only may be cancelled after some of them,
// "take": 3. Prints [{"answer": {…}} or {"answers": […]}, …], each with
// "code", and for an error with "details" and "status_details" (grpc-status-details-bin, base64).
// callers.json makes it TLS: {"ca": FILE, "reflect": NAME, "callers": {NAME: {"cert": FILE, "key": FILE}, …}}. Then a call
// says who makes it, "as": NAME; without it the call is made without a certificate. Reflection is asked as "reflect".
// Nothing of it knows the bank: the libraries are @grpc/grpc-js and grpc-js-reflection-client.
'use strict';
const fs = require('fs');
const grpc = require('@grpc/grpc-js');
const { GrpcReflection } = require('grpc-js-reflection-client');

const DEADLINE_MS = 20_000;
const FORM = { keepCase: true, longs: String, enums: String, bytes: String, defaults: false, oneofs: true };

function outcome(error) {
  if (!error) return { code: 'OK' };
  const details = error.metadata?.get('grpc-status-details-bin') ?? [];
  return {
    code: grpc.status[error.code],
    details: error.details,
    status_details: details.map((bytes) => bytes.toString('base64')),
  };
}

function unary(client, name, { request = {}, deadline_ms = DEADLINE_MS }) {
  return new Promise((resolve) => {
    const options = { deadline: Date.now() + deadline_ms };
    client[name](request, new grpc.Metadata(), options, (error, answer) => resolve({ ...outcome(error), answer }));
  });
}

function stream(client, name, { requests, deadline_ms = DEADLINE_MS }) {
  return new Promise((resolve) => {
    const answers = [];
    const call = client[name](new grpc.Metadata(), { deadline: Date.now() + deadline_ms });
    call.on('data', (answer) => answers.push(answer));
    call.on('error', (error) => resolve({ ...outcome(error), answers }));
    call.on('end', () => {});
    call.on('status', (status) => { if (status.code === grpc.status.OK) resolve({ code: 'OK', answers }); });
    requests.forEach((request) => call.write(request));
    call.end();
  });
}

function answersOf(client, name, { request = {}, take = Infinity, deadline_ms = DEADLINE_MS }) {
  return new Promise((resolve) => {
    const answers = [];
    const call = client[name](request, new grpc.Metadata(), { deadline: Date.now() + deadline_ms });
    call.on('data', (answer) => { if (answers.push(answer) === take) call.cancel(); });
    call.on('error', (error) => resolve({ ...outcome(error), answers }));
    call.on('status', (status) => { if (status.code === grpc.status.OK) resolve({ code: 'OK', answers }); });
  });
}

function credentialsFrom(file) {
  if (!file) return { of: () => grpc.credentials.createInsecure() };
  const { ca, reflect, callers } = JSON.parse(fs.readFileSync(file, 'utf8'));
  const root = fs.readFileSync(ca);
  const made = new Map();
  const of = (name) => {
    if (!made.has(name)) {
      const { cert, key } = callers[name] ?? {};
      made.set(name, grpc.credentials.createSsl(
        root, key ? fs.readFileSync(key) : null, cert ? fs.readFileSync(cert) : null));
    }
    return made.get(name);
  };
  return { of, reflect };
}

async function main() {
  const address = process.argv[2];
  const chunks = [];
  for await (const chunk of process.stdin) chunks.push(chunk);
  const credentials = credentialsFrom(process.argv[3]);
  const reflection = new GrpcReflection(address, credentials.of(credentials.reflect), {}, 'v1');
  const types = new Map();
  const clients = new Map();
  const outcomes = [];
  for (const call of JSON.parse(Buffer.concat(chunks).toString('utf8'))) {
    const [serviceName, methodName] = call.method.split('/');
    if (!types.has(serviceName)) {
      const descriptor = await reflection.getDescriptorBySymbol(serviceName);
      types.set(serviceName, serviceName.split('.').reduce((scope, name) => scope[name], descriptor.getPackageObject(FORM)));
    }
    const known = `${call.as} ${serviceName}`;
    if (!clients.has(known)) clients.set(known, new (types.get(serviceName))(address, credentials.of(call.as)));
    const client = clients.get(known);
    const method = call.requests ? stream : client[methodName].responseStream ? answersOf : unary;
    outcomes.push(await method(client, methodName, call));
  }
  await new Promise((resolve) => process.stdout.write(JSON.stringify(outcomes), resolve));
  return 0;
}

main().then((code) => process.exit(code), (error) => {
  console.error(String(error && error.stack));
  process.exit(2);
});
