import { describe, expect, it } from 'vitest';
import { environmentFor } from '../../../src/run/isolation/environment.ts';

describe('the environment of a module', () => {
  it.each(['NODE_ENV', 'TZ', 'LANG', 'LC_ALL', 'CI', 'PATH', 'HOME', 'TF_CPP_MIN_LOG_LEVEL', 'OMP_NUM_THREADS', 'CUDA_VISIBLE_DEVICES', 'LOSSCHECK_CACHE', 'Path', 'SystemRoot'])('has %s', (name) => {
    expect(environmentFor([], { [name]: 'x' })).toEqual({ passed: { [name]: 'x' }, withheld: [] });
  });

  it.each(['AWS_SECRET_ACCESS_KEY', 'GITHUB_TOKEN', 'NPM_TOKEN', 'TF_VAR_password', 'TF_TOKEN_app_terraform_io', 'TF_CLI_CONFIG_FILE', 'DATABASE_URL', 'HOMEPAGE', 'CI_JOB_TOKEN', 'SSH_AUTH_SOCK'])('lacks %s, and knows that it does', (name) => {
    expect(environmentFor([], { [name]: 'x' })).toEqual({ passed: {}, withheld: [name] });
  });

  it.each(['NODE_OPTIONS', 'NODE_CHANNEL_FD', 'npm_config__auth', 'npm_lifecycle_event', 'OLDPWD'])('lacks %s, which nobody misses', (name) => {
    expect(environmentFor([], { [name]: 'x' })).toEqual({ passed: {}, withheld: [] });
  });

  it('has what a person allows', () => {
    expect(environmentFor(['DATA_DIR'], { DATA_DIR: '/data', SECRET: 'x', GONE: undefined })).toEqual({ passed: { DATA_DIR: '/data' }, withheld: ['SECRET'] });
  });
});
