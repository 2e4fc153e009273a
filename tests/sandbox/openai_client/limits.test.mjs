import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, beforeEach, test } from 'node:test';
import OpenAI from 'openai';
import { startSandbox } from './sandbox.mjs';

let sandbox, openai;
before(async () => {
  sandbox = await startSandbox('--rpm', '1000', '--token-ms', '2');
  openai = sandbox.client();
});
beforeEach(() => sandbox.control('POST', '/control/reset'));
after(() => sandbox.stop());

const model = 'gpt-4.1-mini';
const ask = (client, content, more = {}) => client.chat.completions.create({ model, messages: [{ role: 'user', content }], ...more });
const settled = async () => {
  for (;;) {
    const served = await sandbox.control('GET', '/control/served');
    if (served.in_flight === 0) return served;
  }
};

test('the limit of the command line stands in the headers and a 429 is over when it says', async () => {
  const { response } = await ask(openai, 'hi').withResponse();
  assert.equal(response.headers.get('x-ratelimit-limit-requests'), '1000');
  await sandbox.control('POST', '/control/limits', { model, rpm: 60 });
  const once = sandbox.client({ maxRetries: 0 });
  let refused;
  for (let i = 0; i < 500 && !refused; ++i) await ask(once, 'hi').catch((error) => { refused = error; });
  assert.ok(refused instanceof OpenAI.RateLimitError && refused.headers.get('retry-after-ms') > 0);
  assert.ok((await ask(openai, 'hi')).id, 'the client waits as long as it is told');
});

test('an aborted stream is billed for what was sent', async () => {
  const stream = await ask(openai, 'Write 2000 words about bread', { stream: true });
  let seen = 0;
  for await (const chunk of stream) if (chunk.choices[0]?.delta?.content && ++seen === 20) break;
  const { outcomes } = await settled();
  assert.equal(outcomes[0].outcome, 'aborted');
  assert.ok(outcomes[0].completion_tokens >= 20 && outcomes[0].completion_tokens < 2000, JSON.stringify(outcomes));
  assert.ok(outcomes[0].prompt_tokens > 0);
});

test('after many calls with faults the bills add up to what the answers said', async () => {
  await sandbox.control('POST', '/control/faults', { match: { path_prefix: '/v1/chat' }, kind: 'status', status: 500, times: -1, probability: 0.2 });
  const once = sandbox.client({ maxRetries: 0 });
  const usages = [];
  await Promise.all(Array.from({ length: 200 }, (_, i) => ask(once, `Hello ${i}`).then((reply) => usages.push(reply.usage), () => {})));
  const { totals, outcomes } = await settled();
  const sum = (name) => usages.reduce((all, usage) => all + usage[name], 0);
  assert.equal(totals.prompt_tokens, sum('prompt_tokens'));
  assert.equal(totals.completion_tokens, sum('completion_tokens'));
  assert.equal(outcomes.find((o) => o.outcome === 'fault').calls, 200 - usages.length);
  const { calls } = await sandbox.control('GET', '/control/calls?limit=1000');
  assert.equal(calls.reduce((all, call) => all + call.completion_tokens, 0), totals.completion_tokens);
});

test('a hundred streams at once keep their order and their words', async () => {
  const { choices } = await ask(openai, 'Write 60 words about bread');
  const texts = await Promise.all(Array.from({ length: 100 }, async () => {
    let text = '';
    for await (const chunk of await ask(openai, 'Write 60 words about bread', { stream: true })) text += chunk.choices[0]?.delta?.content ?? '';
    return text;
  }));
  for (const text of texts) assert.equal(text, choices[0].message.content);
});

test('a picture of a résumé is read', { skip: !process.env.PATH.split(':').some((p) => { try { return readFileSync(`${p}/tesseract`).length > 0; } catch { return false; } }) }, async () => {
  const url = 'data:image/png;base64,' + readFileSync(new URL('../pictures/resume.png', import.meta.url)).toString('base64');
  const reply = await openai.chat.completions.create({
    model, messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url } }] }],
    response_format: { type: 'json_schema', json_schema: { name: 'parse_cv', schema: { type: 'object' } } },
  });
  assert.equal(JSON.parse(reply.choices[0].message.content).personal_info.email.value, 'ada@example.com');
});
