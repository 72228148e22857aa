export { createAllEngines, type UnavailableBackend } from './all-backends.ts';
export { createProductionEngine } from './production.ts';
export { createReferenceEngine } from './reference.ts';
export { framesOfModules, ModuleError } from './tfjs-engine.ts';
export { describeThrown, stackOf } from './thrown.ts';
export { lookThoroughly, watchTampering } from './tampering.ts';
