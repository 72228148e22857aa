export { createProductionEngine } from './production.ts';
export { createReferenceEngine } from './reference.ts';
export { framesOfModules, ModuleError } from './tfjs-engine.ts';
export { DEFAULT_SURROUNDINGS, hold } from './surroundings.ts';
