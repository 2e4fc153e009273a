import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import Anthropic from '@anthropic-ai/sdk';
import { startSandbox } from './sandbox.mjs';

let sandbox, claude;
before(async () => {
  sandbox = await startSandbox();
  claude = sandbox.anthropic();
});
beforeEach(() => sandbox.control('POST', '/control/reset'));
after(async () => assert.equal(await sandbox.stop(), 0, 'SIGTERM ends it with 0'));

const model = 'claude-haiku-5-5';
const ask = (client, more = {}) => client.messages.create({ model, max_tokens: 500, messages: [{ role: 'user', content: 'Hello' }], ...more });
const tools = [{ name: 'searchJobs', description: 'Search open jobs by keywords and location', input_schema: { type: 'object', required: ['query'], properties: { query: { type: 'string' }, location: { type: 'string' }, remote: { type: 'boolean' } } } }];

test('a message has content and usage that the sandbox counts', async () => {
  const reply = await ask(claude);
  assert.equal(reply.stop_reason, 'end_turn');
  assert.match(reply.content[0].text, /Hello/);
  const { endpoints } = await sandbox.control('GET', '/control/served');
  assert.equal(endpoints.messages.completion_tokens, reply.usage.output_tokens);
  assert.equal(endpoints.messages.prompt_tokens, reply.usage.input_tokens);
});

test('the stream helper assembles what the whole message says', async () => {
  const whole = await ask(claude);
  const stream = claude.messages.stream({ model, max_tokens: 500, messages: [{ role: 'user', content: 'Hello' }] });
  let text = '';
  stream.on('text', (delta) => { text += delta; });
  const message = await stream.finalMessage();
  assert.equal(text, whole.content[0].text);
  assert.deepEqual(message.usage, whole.usage);
});

test('functions are called, streamed as well, and their results are told', async () => {
  const question = { role: 'user', content: 'Find remote Rust jobs in Berlin' };
  const reply = await ask(claude, { tools, messages: [question] });
  assert.equal(reply.stop_reason, 'tool_use');
  assert.deepEqual(reply.content[0].input, { query: 'rust', location: 'Berlin', remote: true });
  const streamed = await claude.messages.stream({ model, max_tokens: 500, tools, messages: [question] }).finalMessage();
  assert.deepEqual(streamed.content, reply.content);
  const told = await ask(claude, { tools, messages: [question, { role: 'assistant', content: reply.content },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: reply.content[0].id, content: JSON.stringify([{ title: 'Engineer', company: 'Acme' }]) }] }] });
  assert.match(told.content[0].text, /Engineer at Acme/);
});

test('errors are the classes the client knows', async () => {
  await assert.rejects(ask(sandbox.anthropic({ apiKey: 'sk-invalid' })), Anthropic.AuthenticationError);
  await assert.rejects(ask(claude, { model: 'claude-3-5-sonnet-20241022' }), Anthropic.NotFoundError);
  await assert.rejects(ask(claude, { messages: [] }), (error) => error instanceof Anthropic.BadRequestError && error.error.error.type === 'invalid_request_error');
});

test('529 and 429 are retried by the client until they are over', async () => {
  await sandbox.control('POST', '/control/faults', { match: { path_prefix: '/v1/messages' }, kind: 'status', status: 529, headers: { 'retry-after-ms': '1' }, times: 1 });
  assert.ok((await ask(claude)).id);
  const { requests } = await sandbox.control('GET', '/control/requests?path_prefix=/v1/messages');
  assert.deepEqual(requests.map((r) => r.status), [529, 200]);
  await sandbox.control('POST', '/control/limits', { model, rpm: 0 });
  await assert.rejects(ask(sandbox.anthropic({ maxRetries: 0 })), Anthropic.RateLimitError);
});

test('an error in the stream and a cut end it as they should', async () => {
  const once = sandbox.anthropic({ maxRetries: 0 });
  for (const kind of ['stream_error', 'cut_stream']) {
    await sandbox.control('POST', '/control/faults', { match: { path_prefix: '/v1/messages' }, kind, after: 5 });
    const stream = await ask(once, { stream: true });
    await assert.rejects(async () => { for await (const _ of stream); }, kind);
  }
  const { outcomes } = await sandbox.control('GET', '/control/served');
  assert.deepEqual(outcomes.map((o) => [o.outcome, o.calls]), [['cut', 2]]);
});

test('tokens are counted without a message', async () => {
  const messages = [{ role: 'user', content: 'Hello' }];
  const counted = await claude.messages.countTokens({ model, messages });
  assert.equal(counted.input_tokens, (await ask(claude)).usage.input_tokens);
});
