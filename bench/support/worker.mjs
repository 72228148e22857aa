import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/**
 * A process that answers jobs, JSON a line each way (see bench/peers/worker.py): what it takes to start is not
 * measured. One that takes longer than the limit is ended; the next job starts it again.
 */
export function createWorker(command, args, env = {}) {
  let current = null;

  function start() {
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, ...env } });
    const waiting = [];
    const lines = [];
    const settle = (line) => (waiting.length > 0 ? waiting.shift()(line) : lines.push(line));
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text) => {
      said = `${said}${text}`.slice(-4000);
    });
    createInterface({ input: child.stdout }).on('line', (line) => settle(JSON.parse(line)));
    const end = (reason) => {
      if (current?.child === child) current = null;
      for (const settleOne of waiting.splice(0)) settleOne({ error: reason });
    };
    child.stdin.on('error', () => {
      // The process has ended: the 'close' below says why.
    });
    child.on('error', ({ message }) => end(message));
    child.on('close', (code, signal) => end(`ended with ${signal ?? code}: ${said.trim().split('\n').at(-1) ?? ''}`));
    const next = () => (lines.length > 0 ? Promise.resolve(lines.shift()) : new Promise((resolve) => waiting.push(resolve)));
    current = { child, next, hello: next() };
    return current;
  }

  return {
    /** What it says of itself once it runs: `{ ready, version, runtime }`, or `{ error }`. */
    hello: () => (current ?? start()).hello,
    /** The answer, `{ error }`, or `{ over: true }` after `limit` seconds. */
    async ask(job, limit) {
      const { child, next, hello } = current ?? start();
      const { error } = await hello;
      if (error !== undefined) return { error };
      child.stdin.write(`${JSON.stringify(job)}\n`);
      let timer;
      const over = new Promise((resolve) => {
        timer = setTimeout(resolve, limit * 1000, { over: true });
      });
      const answer = await Promise.race([next(), over]);
      clearTimeout(timer);
      if (answer.over === true) {
        current = null;
        child.kill('SIGKILL');
      }
      return answer;
    },
    close() {
      current?.child.stdin.end();
      current = null;
    },
  };
}
