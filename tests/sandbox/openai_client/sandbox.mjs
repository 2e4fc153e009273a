// Starts one sandbox for a test file and speaks to its control interface.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';

export async function startSandbox(...options) {
  const child = spawn(process.env.SANDBOX, ['--port', '0', ...options], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout });
  const url = await new Promise((resolve, reject) => {
    lines.once('line', (line) => resolve(line.replace('sandbox ', '')));
    child.once('exit', (code) => reject(new Error(`the sandbox ended with ${code}`)));
  });
  const control = async (method, path, body) => {
    const answer = await fetch(url + path, { method, body: body && JSON.stringify(body) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text ? JSON.parse(text) : undefined;
  };
  return {
    url,
    control,
    client: (options = {}) => new OpenAI({ apiKey: 'sk-test', baseURL: url + '/v1', ...options }),
    anthropic: (options = {}) => new Anthropic({ apiKey: 'sk-test', baseURL: url, ...options }),
    stop: () =>
      new Promise((resolve) => {
        child.removeAllListeners('exit');
        child.once('exit', (code, signal) => resolve(code ?? signal));
        child.kill('SIGTERM');
      }),
  };
}
