export { createProductionEngine } from './production.ts';
export { createReferenceEngine } from './reference.ts';
export { ModuleError } from './tfjs-engine.ts';
