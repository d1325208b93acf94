/**
 * Runs a function of yours for every message that Stretto sends: the program of `transport: exec`.
 *
 *     import { serve } from './stretto_exec.mjs';
 *     import { sendToSpace } from './space.mjs';
 *
 *     await serve(sendToSpace);
 *
 * or, without a line of your own:
 *
 *     node stretto_exec.mjs ./space.mjs:sendToSpace
 *
 * The function stays as it is. Calls overlap, and are entered strictly in the messages' order: each
 * runs up to where it first waits before the next begins. Needs Node 18 or newer and nothing else;
 * Apache License 2.0.
 */

import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

const WORDS = ['retry', 'unknown', 'unavailable', 'rejected'];

/** The destination will never take this message: it is not sent again. */
export class Rejected extends Error {
  strettoOutcome = 'rejected';
}

/** The message is sent again, after so many seconds or a backoff. */
export class RetryLater extends Error {
  strettoOutcome = 'retry';

  constructor(reason, retryAfter) {
    super(reason);
    this.retryAfter = retryAfter;
  }
}

/**
 * The destination takes nothing now, and did not get this message: nothing is sent for a while. It
 * costs the message no attempt. `retryAfter` is how many seconds the destination asked to wait.
 */
export class Unavailable extends Error {
  strettoOutcome = 'unavailable';

  constructor(reason, retryAfter) {
    super(reason);
    this.retryAfter = retryAfter;
  }
}

/**
 * Calls the function for every message, and resolves when there will be no more.
 *
 * The function takes the payload's value: what its JSON says, or its text where it is none by its
 * content type; with `raw`, the whole message as Stretto sends it. Returning, or resolving, means
 * that the message was delivered; what is thrown says otherwise, see `outcomeOf`. The end of standard
 * input and SIGTERM let the calls under way end. What is printed goes to standard error.
 *
 * @param {(value: any) => any} send
 * @param {{concurrency?: number, raw?: boolean}} [options] the most calls at once, 1 or more, by
 *     default the channel's window
 */
export async function serve(send, { concurrency, raw = false } = {}) {
  const most = concurrency ?? Number(process.env.STRETTO_WINDOW ?? 64);
  if (!(most >= 1)) {
    throw new RangeError('concurrency must be 1 or more');
  }
  const write = process.stdout.write.bind(process.stdout);
  process.stdout.write = process.stderr.write.bind(process.stderr);

  let stopped = false;
  const stop = () => {
    stopped = true;
    process.stdin.destroy();
  };
  // Ctrl-C in a terminal is for Stretto too, which then ends this program's input.
  const interrupted = process.env.STRETTO_CHANNEL === undefined ? stop : () => {};
  process.on('SIGTERM', stop).on('SIGINT', interrupted);
  // Nobody is there to answer to: what is under way ends, and nothing else begins.
  process.stdout.on('error', stop);

  let underWay = 0;
  let freed = () => {};
  const answer = (message, outcome) =>
    write(JSON.stringify({ id: message.id, attempt: message.attempt, ...outcome }) + '\n');
  const call = async (message) => {
    underWay++;
    answer(message, await outcomeOfCall(send, message, raw));
    underWay--;
    freed();
  };
  const oneLess = () => new Promise((done) => (freed = done));

  write('{"ready":true}\n');
  for await (const line of linesOf(process.stdin, () => stopped)) {
    while (underWay >= most) {
      await oneLess();
    }
    if (stopped) {
      break;
    }
    // The function runs at once, up to where it first waits: the order of entry is that of lines.
    call(JSON.parse(line));
  }
  while (underWay > 0) {
    await oneLess();
  }
  process.off('SIGTERM', stop).off('SIGINT', interrupted);
}

/** A line without its end, at the end of the input, is no message. */
async function* linesOf(input, stopped) {
  let rest = [];
  try {
    for await (const chunk of input) {
      let from = 0;
      for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, from)) {
        rest.push(chunk.subarray(from, end));
        yield Buffer.concat(rest).toString('utf8');
        rest = [];
        from = end + 1;
      }
      rest.push(chunk.subarray(from));
    }
  } catch (error) {
    if (!stopped()) {
      throw error;
    }
  }
}

async function outcomeOfCall(send, message, raw) {
  let value;
  try {
    value = raw ? message : valueOf(message);
  } catch (error) {
    return { outcome: 'rejected', reason: `payload is no JSON: ${error.message}` };
  }
  try {
    const result = await send(value);
    if (/^\[object (Async)?Generator\]$/.test(Object.prototype.toString.call(result))) {
      throw new TypeError('the function returned a generator, which runs nothing until it is read');
    }
    return { outcome: 'delivered' };
  } catch (error) {
    return outcomeOf(error);
  }
}

function valueOf(message) {
  const kind = message.contentType.split(';')[0].trim().toLowerCase();
  const json = kind === 'application/json' || kind.endsWith('+json');
  return json ? JSON.parse(message.payload) : message.payload;
}

/**
 * What an error means for its message.
 *
 * | thrown | outcome |
 * |---|---|
 * | with a property `strettoOutcome` that is one of WORDS, as Rejected has it | that |
 * | connection refused, host unknown, also as the cause of what fetch throws | unavailable: it did not arrive |
 * | a timeout, an abort, a connection that was lost | unknown: it may have arrived |
 * | anything else | retry |
 *
 * A property `retryAfter`, in seconds, says how long to wait. Never throws, whatever the error does
 * when it is asked or printed.
 */
function outcomeOf(error) {
  let word = orUndefined(() => error.strettoOutcome);
  const said = WORDS.includes(word);
  const code = orUndefined(() => String(error.cause?.code ?? error.code ?? '')) ?? '';
  const name = orUndefined(() => String(error.name ?? 'Error')) ?? 'Error';
  if (!said) {
    word = wordFor(code, name);
    if (word === 'retry') {
      orUndefined(() => console.error(error));
    }
  }
  const text = orUndefined(() => String(error?.message ?? error).trim()) ?? '';
  const cause = orUndefined(() => (error.cause?.message ? `: ${error.cause.message}` : '')) ?? '';
  const reason = said && text ? text : (text ? `${name}: ${text}` : name) + cause;
  const wait = orUndefined(() => error.retryAfter);
  return {
    outcome: word,
    reason: reason.slice(0, 2000),
    retryAfter: Number.isFinite(wait) && wait >= 0 ? wait : null,
  };
}

/** What is asked for; undefined where that fails, as it may with what others wrote. */
function orUndefined(ask) {
  try {
    return ask();
  } catch {
    return undefined;
  }
}

function wordFor(code, name) {
  if (['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN'].includes(code)) {
    return 'unavailable';
  }
  const lost =
    /TIMEDOUT|TIMEOUT|^ECONNRESET$|^EPIPE$|^UND_ERR_SOCKET$/.test(code) ||
    ['TimeoutError', 'AbortError'].includes(name);
  return lost ? 'unknown' : 'retry';
}

async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { concurrency: { type: 'string' }, raw: { type: 'boolean' } },
  });
  const [, file, name] = /^(.*?)(?::([\w$]+))?$/.exec(positionals[0] ?? '');
  if (!file) {
    console.error('usage: node stretto_exec.mjs FILE:FUNCTION [--concurrency N] [--raw]');
    process.exit(2);
  }
  const write = process.stdout.write;
  process.stdout.write = process.stderr.write.bind(process.stderr);
  const module = await import(pathToFileURL(resolve(file)));
  process.stdout.write = write;
  const send = module[name ?? 'default'];
  if (typeof send !== 'function') {
    console.error(`${file} exports no function ${name ?? 'default'}`);
    process.exit(2);
  }
  const concurrency = values.concurrency === undefined ? undefined : Number(values.concurrency);
  await serve(send, { concurrency, raw: values.raw });
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  // Not awaited here: the function's module may import this one, which has to be whole by then.
  main().catch((error) => {
    console.error(error);
    process.exitCode = 1;
  });
}
