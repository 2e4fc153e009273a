import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import OpenAI from 'openai';
import { startSandbox } from './sandbox.mjs';

let sandbox, openai;
before(async () => {
  sandbox = await startSandbox('--threads', '2');
  openai = sandbox.client();
});
beforeEach(() => sandbox.control('POST', '/control/reset'));
after(() => sandbox.stop());

const dot = (a, b) => a.reduce((sum, x, i) => sum + x * b[i], 0);

test('embeddings are unit vectors, alike in base64 (the default) and float', async () => {
  const input = ['C++ engineer for trading systems', 'Registered nurse on a ward', 'Low-latency C++ developer'];
  const coded = await openai.embeddings.create({ model: 'text-embedding-3-small', input });
  const plain = await openai.embeddings.create({ model: 'text-embedding-3-small', input, encoding_format: 'float' });
  assert.equal(coded.data.length, 3);
  assert.equal(coded.data[0].embedding.length, 1536);
  assert.ok(Math.abs(dot(coded.data[0].embedding, coded.data[0].embedding) - 1) < 1e-4);
  assert.ok(Math.abs(dot(coded.data[1].embedding, plain.data[1].embedding) - 1) < 1e-4);
  const [engineer, nurse, developer] = plain.data.map((d) => d.embedding);
  assert.ok(dot(engineer, developer) > dot(engineer, nurse) + 0.1);
  assert.ok(coded.usage.prompt_tokens > 0);
});

test('dimensions, token ids and bad inputs', async () => {
  const reply = await openai.embeddings.create({ model: 'text-embedding-3-large', input: [[1, 2, 3], [4, 5]], dimensions: 768 });
  assert.equal(reply.data[1].embedding.length, 768);
  assert.equal(reply.usage.prompt_tokens, 5);
  for (const bad of [{ input: '' }, { input: [] }, { input: ['a', ''] }, { input: 'a', dimensions: 99999 }, { input: Array(2049).fill('a') }])
    await assert.rejects(openai.embeddings.create({ model: 'text-embedding-3-small', ...bad }), OpenAI.BadRequestError);
});

test('moderation flags what its words say, one result for each input', async () => {
  const reply = await openai.moderations.create({ model: 'omni-moderation-latest', input: ['I would like a job as a nurse', 'I will kill you'] });
  assert.deepEqual(reply.results.map((r) => r.flagged), [false, true]);
  assert.equal(reply.results[1].categories.violence, true);
  assert.equal(Object.keys(reply.results[0].categories).length, 13);
  assert.ok(reply.results[1].category_scores.violence > 0.5);
  const parts = await openai.moderations.create({ model: 'omni-moderation-latest', input: [{ type: 'text', text: 'hello' }, { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } }] });
  assert.deepEqual(parts.results[0].category_applied_input_types.violence, ['text', 'image']);
});

test('models are listed', async () => {
  const names = [];
  for await (const one of openai.models.list()) names.push(one.id);
  assert.ok(names.includes('gpt-4.1-mini') && names.includes('text-embedding-3-small'));
  await assert.rejects(openai.models.retrieve('nothing'), OpenAI.NotFoundError);
});

const ask = (client) => client.chat.completions.create({ model: 'gpt-4.1-mini', messages: [{ role: 'user', content: 'hi' }] });

test('a wrong key is 401, an unknown model 404, each with its code', async () => {
  await assert.rejects(ask(sandbox.client({ apiKey: 'sk-invalid' })), (error) => error instanceof OpenAI.AuthenticationError && error.code === 'invalid_api_key');
  await assert.rejects(openai.chat.completions.create({ model: 'gpt-1', messages: [{ role: 'user', content: 'x' }] }), (error) => error instanceof OpenAI.NotFoundError && error.code === 'model_not_found');
});

test('429 is retried by the client until it is over', async () => {
  await sandbox.control('POST', '/control/faults', { match: { path_prefix: '/v1/chat' }, kind: 'status', status: 429, headers: { 'retry-after-ms': '1' }, times: 2 });
  assert.ok((await ask(openai)).id);
  const { requests } = await sandbox.control('GET', '/control/requests?path_prefix=/v1/chat');
  assert.deepEqual(requests.map((r) => r.status), [429, 429, 200]);
  await sandbox.control('POST', '/control/faults', { match: { path_prefix: '/v1/chat' }, kind: 'status', status: 429, headers: { 'retry-after-ms': '1' }, times: -1 });
  await assert.rejects(ask(sandbox.client({ maxRetries: 1 })), (error) => error instanceof OpenAI.RateLimitError && error.code === 'rate_limit_exceeded');
});

test('a cut stream, a cut body, broken JSON and a hang fail as they should', async () => {
  const once = sandbox.client({ maxRetries: 0, timeout: 5000 });
  await sandbox.control('POST', '/control/faults', { match: { path_prefix: '/v1/chat' }, kind: 'cut_stream', after: 3 });
  const stream = await once.chat.completions.create({ model: 'gpt-4.1-mini', stream: true, messages: [{ role: 'user', content: 'hello' }] });
  let chunks = 0;
  await assert.rejects(async () => { for await (const _ of stream) ++chunks; });
  assert.equal(chunks, 3);
  await sandbox.control('POST', '/control/faults', { match: { path_prefix: '/v1/chat' }, kind: 'cut_body' });
  await assert.rejects(ask(once));
  await sandbox.control('POST', '/control/faults', { match: { path_prefix: '/v1/chat' }, kind: 'malformed_json' });
  await assert.rejects(ask(once));
  await sandbox.control('POST', '/control/faults', { match: { path_prefix: '/v1/chat' }, kind: 'hang' });
  await assert.rejects(ask(sandbox.client({ maxRetries: 0, timeout: 200 })), OpenAI.APIConnectionTimeoutError);
  assert.ok((await ask(once)).id, 'and then all is well again');
});

test('prose and vectors of the wrong size come on demand', async () => {
  await sandbox.control('POST', '/control/faults', { match: { path_prefix: '/v1' }, kind: 'prose' });
  const reply = await openai.chat.completions.create({ model: 'gpt-4.1-mini', messages: [{ role: 'user', content: 'x' }], response_format: { type: 'json_schema', json_schema: { name: 'a', schema: { type: 'object', properties: {} } } } });
  assert.throws(() => JSON.parse(reply.choices[0].message.content));
  await sandbox.control('POST', '/control/faults', { match: { path_prefix: '/v1/embeddings' }, kind: 'wrong_embedding_size' });
  const vectors = await openai.embeddings.create({ model: 'text-embedding-3-small', input: 'x', dimensions: 768 });
  assert.equal(vectors.data[0].embedding.length, 384);
});
