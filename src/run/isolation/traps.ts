import type { OnIncident } from './fence.ts';

/** What Node refuses to nobody, and no loss has a use for: ending the process, signals, messages to the parent, the network, the environment of whoever runs losscheck. */

type Callable = (...args: unknown[]) => unknown;

const { apply, defineProperty, get, has, set } = Reflect;

/** @param withheld names of environment variables that exist and were not passed on */
export function setTraps(withheld: readonly string[], onIncident: OnIncident): void {
  trapEnding(onIncident);
  trapMessages(onIncident);
  trapConnections(onIncident);
  trapEnvironment(withheld, onIncident);
}

function trapEnding(onIncident: OnIncident): void {
  for (const name of ['exit', 'reallyExit', 'abort'] as const) {
    trap(process, name, (_, [code]) => {
      const what = `the module called process.${name}(${typeof code === 'number' || typeof code === 'string' ? code : ''})`;
      onIncident('crashed', what, new Error(what));
    });
  }
  for (const name of ['kill', '_kill'] as const) {
    trap(process, name, (original, [pid, signal]) => {
      // Signal 0 only asks whether the process is there.
      if (signal === 0) return apply(original, process, [pid, signal]);
      const what = pid === process.pid ? `the module called process.${name} on its own process` : `it sends a signal to the process ${String(pid)} (process.${name})`;
      onIncident(pid === process.pid ? 'crashed' : 'forbidden-access', what, new Error(what));
      return undefined;
    });
  }
}

/** There is no channel of Node to the parent; a module that uses one means to be heard as its judge. */
function trapMessages(onIncident: OnIncident): void {
  const report = (what: string): boolean => {
    onIncident('forged-message', what, new Error(what));
    return true;
  };
  const send = (): boolean => report('it sends a message to the process that judges it (process.send)');
  defineProperty(process, 'send', {
    configurable: false,
    get: () => send,
    set: () => void report('it replaces process.send'),
  });
}

/** To the network, to the engine that runs all of this, and to threads that nobody watches. */
function trapConnections(onIncident: OnIncident): void {
  const report = (what: string): void => onIncident('forbidden-access', what, new Error(what));
  const inspector = process.getBuiltinModule('node:inspector');
  for (const name of ['connect', 'connectToMainThread']) trap(inspector.Session.prototype, name, () => report(`it opens the inspector (inspector.Session.${name})`));
  trap(process.getBuiltinModule('node:module'), 'register', () => report('it starts a thread for hooks of modules (module.register)'));
  const net = process.getBuiltinModule('node:net');
  const dgram = process.getBuiltinModule('node:dgram');
  trap(net.Socket.prototype, 'connect', (_, args) => report(`it connects to ${destination(args)} (net.Socket.connect)`));
  trap(net.Server.prototype, 'listen', () => report('it opens a server (net.Server.listen)'));
  trap(dgram.Socket.prototype, 'send', () => report('it sends over the network (dgram.Socket.send)'));
  trap(dgram.Socket.prototype, 'bind', () => report('it opens a socket (dgram.Socket.bind)'));
  const dns = process.getBuiltinModule('node:dns');
  for (const owner of [dns, dns.promises]) {
    for (const name of Object.keys(owner)) if (/^(lookup|resolve|reverse)/.test(name)) trap(owner, name, (_, [host]) => report(`it looks up ${String(host)} (dns.${name})`));
  }
}

/** Of the forms that `connect` takes: options, a port and a host, a path; Node itself passes them in a list. */
function destination(args: readonly unknown[]): string {
  const [first, second] = Array.isArray(args[0]) ? (args[0] as unknown[]) : args;
  if (typeof first !== 'object' || first === null) return [second, first].filter((part) => typeof part === 'string' || typeof part === 'number').join(':') || 'the network';
  const { host = 'localhost', port = '', path = null } = first as Record<string, unknown>;
  return typeof path === 'string' ? path : `${String(host)}:${String(port)}`;
}

function trapEnvironment(withheld: readonly string[], onIncident: OnIncident): void {
  const names = new Set(withheld);
  const look = (name: PropertyKey): void => {
    if (typeof name !== 'string' || !names.has(name)) return;
    const what = `it reads the environment variable ${name}`;
    onIncident('forbidden-access', what, new Error(what), { allow: `--allow-env ${name}` });
  };
  const handler: ProxyHandler<NodeJS.ProcessEnv> = {
    get(target, name) {
      look(name);
      return get(target, name) as unknown;
    },
    // Without it the proxy would define the variable, which an environment does not allow in parts.
    set: (target, name, value) => set(target, name, value),
    has(target, name) {
      look(name);
      return has(target, name);
    },
  };
  defineProperty(process, 'env', { value: new Proxy(process.env, handler), writable: true, enumerable: true, configurable: true });
}

function trap(owner: object, name: string, sprung: (original: Callable, args: unknown[]) => unknown): void {
  const original = get(owner, name) as unknown;
  if (typeof original !== 'function') return;
  defineProperty(owner, name, {
    value: new Proxy(original, { apply: (_, __, args: unknown[]) => sprung(original as Callable, args) }),
    writable: true,
    enumerable: true,
    configurable: true,
  });
}
