// Calls one gRPC method, found by server reflection alone, as grpcurl does:
//   node call.js [--v1alpha] ADDRESS list
//   node call.js [--v1alpha] ADDRESS SERVICE/METHOD '{"field": "value"}'
// Prints the answer as JSON with proto field names, or on standard error {code, details, reason, …}.
// Nothing of it knows the bank: the libraries are @grpc/grpc-js and grpc-js-reflection-client.
'use strict';
const grpc = require('@grpc/grpc-js');
const { GrpcReflection } = require('grpc-js-reflection-client');

const DEADLINE_MS = 20_000;

async function main() {
  const args = process.argv.slice(2);
  const version = args[0] === '--v1alpha' ? (args.shift(), 'v1alpha') : 'v1';
  const [address, target, json = '{}'] = args;
  const credentials = grpc.credentials.createInsecure();
  const reflection = new GrpcReflection(address, credentials, {}, version);
  if (target === 'list') {
    console.log(JSON.stringify((await reflection.listServices('*')).sort()));
    return 0;
  }
  const [serviceName, methodName] = target.split('/');
  const descriptor = await reflection.getDescriptorBySymbol(serviceName);
  const types = descriptor.getPackageObject({
    keepCase: true, longs: String, enums: String, defaults: false, oneofs: false,
  });
  const Client = serviceName.split('.').reduce((scope, name) => scope[name], types);
  const client = new Client(address, credentials);
  return new Promise((resolve) => {
    const deadline = Date.now() + DEADLINE_MS;
    client[methodName](JSON.parse(json), new grpc.Metadata(), { deadline }, (error, answer) => {
      if (error) {
        console.error(JSON.stringify({
          code: grpc.status[error.code],
          details: error.details,
          status_details: (error.metadata?.get('grpc-status-details-bin') ?? []).map((b) => b.toString('base64')),
        }));
      } else {
        console.log(JSON.stringify(answer));
      }
      client.close();
      resolve(error ? 1 : 0);
    });
  });
}

main().then((code) => process.exit(code), (error) => {
  console.error(JSON.stringify({ code: 'CLIENT', details: String(error) }));
  process.exit(2);
});
