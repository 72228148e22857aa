export { createProductionEngine } from './production.ts';
export { createReferenceEngine } from './reference.ts';
export { framesOfModules, ModuleError } from './tfjs-engine.ts';
export { hold, WHILE_IMPORTED } from './surroundings.ts';
