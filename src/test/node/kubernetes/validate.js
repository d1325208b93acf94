// Reads a JSON array of Kubernetes documents, and writes an array with an array of texts for each: what the schemas of
// Kubernetes' OpenAPI find wrong with it, and the fields that they don't know.
import { readFileSync } from 'node:fs';

const documents = JSON.parse(readFileSync(0, 'utf8'));
console.log(JSON.stringify(await Promise.all(documents.map(faults))));

async function faults(document) {
  const { apiVersion = '', kind } = document;
  let validate;
  try {
    ({ validate } = await import(`kubernetes-models/_schemas/${schema(apiVersion, kind)}`));
  } catch (e) {
    return [`no schema of ${apiVersion} ${kind}: ${e.message}`];
  }
  const unread = new Set();
  validate(noting(document, '', unread));
  const wrong = (validate.errors ?? []).map(
    (error) => `${error.instancePath} ${error.keyword} ${JSON.stringify(error.params)}`);
  return [...wrong, ...[...unread].map((path) => `${path} unknown`)];
}

function schema(apiVersion, kind) {
  const [version, group = 'core'] = apiVersion.split('/').reverse();
  return ['IoK8sApi', group.split('.')[0], version, kind]
    .map((word) => `${word}`.replace(/^./, (letter) => letter.toUpperCase()))
    .join('');
}

/**
 * The schemas let fields be that they don't know, and have become code that reads each field that they do: those that it
 * leaves unread are unknown.
 */
function noting(value, path, unread) {
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  const copy = Array.isArray(value) ? [] : {};
  for (const [name, child] of Object.entries(value)) {
    copy[name] = noting(child, `${path}/${name}`, unread);
    unread.add(`${path}/${name}`);
  }
  return new Proxy(copy, {
    get(target, name) {
      unread.delete(`${path}/${String(name)}`);
      return target[name];
    },
  });
}
