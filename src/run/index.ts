export { pruneBaseline, updateBaseline, type BaselineChange } from './baseline/change.ts';
export { doctor } from './doctor/doctor.ts';
export { evaluate } from './evaluate.ts';
export { loadConfig } from './config/load.ts';
export { effectiveConfig } from './config/print.ts';
export { describeBuiltIns, type BuiltInDescription } from './describe.ts';
export { merge } from './many/merge.ts';
export { selftest } from './selftest.ts';
export { verify } from './verify.ts';
