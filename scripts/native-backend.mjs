/**
 * Gives @tensorflow/tfjs-node its native library where its own installer cannot: in networks that reach nothing but
 * package registries, and with package managers that run no install scripts.
 *
 * What the installer downloads is in a wheel of TensorFlow as well: libtensorflow with its C API, and the headers. The
 * addon is compiled from the sources that lie in the npm package. Both end up where the installer would have put them.
 *
 *   node scripts/native-backend.mjs [--project DIR] [--wheel FILE] [--cache DIR] [--force]
 *
 * Needs Linux (x64 or arm64, glibc), pip (or the wheel itself) and a C++ compiler. It writes into the package
 * @tensorflow/tfjs-node of the project and into the cache, each file in one step. Exit code 0 when the backend
 * computes, 1 when it could not be made, 2 for wrong usage.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, linkSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';

const NAME = '@tensorflow/tfjs-node';

/**
 * The oldest TensorFlow whose wheels hold the library apart from Python, and so the nearest to 2.9.1, which tfjs-node
 * 4.x is released with. Wheels for other versions of Python hold the same library.
 */
const TENSORFLOW = '2.12.1';
const PYTHON = '3.11';
const WHEELS = {
  'linux-x64': {
    package: 'tensorflow-cpu',
    platform: 'manylinux_2_17_x86_64',
    sha256: '7ffb595707a8fb376deaddc768784c7a0242b16cbc6e06393b1733b2ce19f855',
  },
  'linux-arm64': {
    package: 'tensorflow-cpu-aws',
    platform: 'manylinux_2_17_aarch64',
    sha256: '7c3ead9d34f0a32a7dd0714c713a9e71361228620ffd7d0aa633b8c88a27971c',
  },
};

/** What the addon is made of: `tensorflow/include/tensorflow/c/c_api.h` and what it includes, and two libraries. */
const WANTED = /^tensorflow\/(libtensorflow_(cc|framework)\.so\.2|include\/tensorflow\/(c|tsl\/c|tsl\/platform|core\/platform)\/.*\.h)$/;
const LIBRARIES = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'];

/** The declarations of Node's API for addons, where they do not lie beside Node itself. */
const NODE_HEADERS = 'node-api-headers@1.9.0';
const NODE_API = 8;

/** Loads the package and computes: the gradient of sum(x^2) at 3. Node 23 took away a function that it calls. */
const TRIAL = `require('node:util').isNullOrUndefined ??= (value) => value == null;
const tf = require(${JSON.stringify(NAME)});
const [gradient] = tf.grad((x) => tf.sum(tf.mul(x, x)))(tf.tensor1d([3])).dataSync();
if (tf.getBackend() !== 'tensorflow' || gradient !== 6) throw new Error('it computes ' + gradient + ' on ' + tf.getBackend());
process.stdout.write(tf.backend().binding.TF_Version);`;

/** Something that whoever runs this can mend. */
class Trouble extends Error {}

function main() {
  const { project, wheel, cache, force } = flags();
  const key = `${process.platform}-${process.arch}`;
  const source = WHEELS[key];
  if (source === undefined) throw new Trouble(`this recipe is for ${Object.keys(WHEELS).join(' and ')}, and this is ${key}: install ${NAME} where its own installer can download (npm rebuild ${NAME})`);
  const target = locate(project);
  const working = force ? null : tryBackend(project).version;
  if (working !== null) return say(`${NAME} ${target.version} works already, on TensorFlow ${working}`);
  const parts = library(path.join(cache, `tensorflow-${TENSORFLOW}-${key}`), source, wheel, target);
  const addon = compile(target, parts, nodeHeaders(cache));
  layOut(target, parts, addon);
  const { version, problem } = tryBackend(project);
  if (version === null) throw new Trouble(`the addon is built, and does not work: ${problem}`);
  say(`${NAME} ${target.version} works on TensorFlow ${version}: ${target.addon}`);
}

function flags() {
  try {
    const { values } = parseArgs({
      options: { project: { type: 'string' }, wheel: { type: 'string' }, cache: { type: 'string' }, force: { type: 'boolean' } },
    });
    const ownCache = path.join(process.env['XDG_CACHE_HOME'] || path.join(homedir(), '.cache'), 'losscheck', 'native');
    return {
      project: path.resolve(values.project ?? '.'),
      wheel: values.wheel === undefined ? null : path.resolve(values.wheel),
      cache: path.resolve(values.cache ?? ownCache),
      force: values.force === true,
    };
  } catch (error) {
    process.stderr.write(`${error.message}\nUsage: node native-backend.mjs [--project DIR] [--wheel FILE] [--cache DIR] [--force]\n`);
    process.exit(2);
  }
}

/** Where the package is, what it needs of others, and where it looks for its addon. */
function locate(project) {
  const require = createRequire(path.join(project, 'index.js'));
  let manifest;
  try {
    manifest = require.resolve(`${NAME}/package.json`);
  } catch {
    throw new Trouble(`${NAME} is not installed in ${project}: npm install --ignore-scripts ${NAME}`);
  }
  const own = createRequire(manifest);
  return {
    root: path.dirname(manifest),
    version: JSON.parse(readFileSync(manifest, 'utf8')).version,
    addon: own('@mapbox/node-pre-gyp').find(manifest),
    Zip: own('adm-zip'),
  };
}

function tryBackend(project) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['-e', TRIAL], { cwd: project, encoding: 'utf8', env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '2' } });
  if (status === 0) return { version: stdout.trim(), problem: null };
  const told = stderr.split('\n').find((line) => /Error\b/.test(line));
  return { version: null, problem: told ?? `Node ended with ${status}` };
}

/** A folder of the cache, made beside its place and put there whole. Another run may be faster: what it made is the same. */
function kept(folder, make) {
  if (existsSync(folder)) return folder;
  mkdirSync(path.dirname(folder), { recursive: true });
  const work = mkdtempSync(path.join(path.dirname(folder), 'new-'));
  try {
    renameSync(make(work), folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return folder;
}

/** The library and its headers: from the cache, else from the wheel. */
function library(folder, source, given, { Zip }) {
  const unpacked = kept(folder, (work) => {
    const wheel = given ?? download(source, work);
    verify(wheel, source);
    say(`unpacking ${path.basename(wheel)}`);
    const zip = new Zip(wheel);
    const parts = path.join(work, 'unpacked');
    for (const entry of zip.getEntries()) {
      if (WANTED.test(entry.entryName)) zip.extractEntryTo(entry, parts, true, true, true);
    }
    for (const name of LIBRARIES) if (!existsSync(path.join(parts, 'tensorflow', name))) throw new Trouble(`${wheel} holds no ${name}`);
    return parts;
  });
  return { include: path.join(unpacked, 'tensorflow', 'include'), lib: path.join(unpacked, 'tensorflow') };
}

function download({ package: name, platform }, work) {
  const pip = [['python3', '-m', 'pip'], ['python', '-m', 'pip'], ['pip3'], ['pip']].find(([command, ...args]) => spawnSync(command, [...args, '--version']).status === 0);
  if (pip === undefined) throw new Trouble(`pip is not there to download ${name} ${TENSORFLOW}: install it, or hand the wheel over with --wheel FILE`);
  say(`downloading ${name} ${TENSORFLOW}, about 240 MB, with ${pip.join(' ')}`);
  run(pip, ['download', '--quiet', '--no-deps', '--only-binary', ':all:', '--platform', platform, '--python-version', PYTHON, '--dest', work, `${name}==${TENSORFLOW}`]);
  const wheel = readdirSync(work).find((file) => file.endsWith('.whl'));
  if (wheel === undefined) throw new Trouble(`pip has downloaded no wheel of ${name} ${TENSORFLOW}`);
  return path.join(work, wheel);
}

function verify(wheel, { package: name, sha256 }) {
  if (!existsSync(wheel)) throw new Trouble(`there is no file ${wheel}`);
  const found = createHash('sha256').update(readFileSync(wheel)).digest('hex');
  if (found !== sha256) throw new Trouble(`${wheel} is not the wheel of ${name} ${TENSORFLOW} for Python ${PYTHON}: its SHA-256 is ${found} instead of ${sha256}`);
}

/** Folder of `node_api.h`. */
function nodeHeaders(cache) {
  const beside = path.join(path.dirname(process.execPath), '..', 'include', 'node');
  if (existsSync(path.join(beside, 'node_api.h'))) return beside;
  const folder = kept(path.join(cache, NODE_HEADERS), (work) => {
    const prefix = path.join(work, 'installed');
    mkdirSync(prefix);
    run(['npm'], ['install', '--silent', '--no-save', '--ignore-scripts', '--prefix', prefix, NODE_HEADERS]);
    return prefix;
  });
  return path.join(folder, 'node_modules', 'node-api-headers', 'include');
}

function compile({ root, version }, { include, lib }, headers) {
  const compiler = process.env['CXX'] || 'c++';
  say(`compiling the addon of ${NAME} ${version} with ${compiler}`);
  const work = mkdtempSync(path.join(tmpdir(), 'losscheck-addon-'));
  const addon = path.join(work, 'tfjs_binding.node');
  const sources = ['tfjs_backend.cc', 'tfjs_binding.cc'].map((name) => path.join(root, 'binding', name));
  const libraries = LIBRARIES.map((name) => `-l:${name}`);
  const flags = ['-shared', '-fPIC', '-O2', '-std=c++17', `-DNAPI_VERSION=${NODE_API}`];
  const searched = [root, include, headers].flatMap((folder) => ['-I', folder]);
  run([compiler], [...flags, ...searched, ...sources, '-L', lib, ...libraries, '-Wl,-rpath,$ORIGIN/../../deps/lib', '-o', addon]);
  return addon;
}

/** As the installer does: the library in `deps/lib`, the addon where the package looks for it. The addon comes last. */
function layOut({ root, addon: place }, { lib }, addon) {
  const deps = path.join(root, 'deps', 'lib');
  mkdirSync(deps, { recursive: true });
  for (const name of LIBRARIES) put(path.join(deps, name), (file) => linkOrCopy(path.join(lib, name), file));
  mkdirSync(path.dirname(place), { recursive: true });
  put(place, (file) => copyFileSync(addon, file));
  rmSync(path.dirname(addon), { recursive: true, force: true });
}

function put(file, write) {
  const beside = `${file}.${process.pid}.tmp`;
  write(beside);
  renameSync(beside, file);
  // Of two names of one file, renaming leaves both.
  rmSync(beside, { force: true });
}

/** The same file twice needs no room where both places are on one disk. */
function linkOrCopy(from, to) {
  try {
    linkSync(from, to);
  } catch (error) {
    if (!['EXDEV', 'EPERM', 'EMLINK', 'ENOTSUP'].includes(error.code)) throw error;
    copyFileSync(from, to);
  }
}

function run([command, ...before], args) {
  const { status, error, stdout, stderr } = spawnSync(command, [...before, ...args], { encoding: 'utf8', maxBuffer: 2 ** 26 });
  if (error !== undefined) throw new Trouble(`${command} cannot be started (${error.code}): it is needed here`);
  if (status !== 0) throw new Trouble(`${command} ended with ${status}:\n${`${stdout}${stderr}`.trim().split('\n').slice(-12).join('\n')}`);
}

function say(text) {
  process.stdout.write(`${text}\n`);
}

try {
  main();
} catch (error) {
  if (!(error instanceof Trouble) && error.code === undefined) throw error;
  // Node adds a list of files to what it cannot find.
  const message = error instanceof Trouble ? error.message : error.message.split('\n', 1)[0];
  process.stderr.write(`The native backend could not be made: ${message}\n`);
  process.exitCode = 1;
}
